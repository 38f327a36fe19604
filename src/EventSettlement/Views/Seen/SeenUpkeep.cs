using EventSettlement.Messaging;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Seen;

/// <summary>Small blocks of a bucket and a day become one: a row has a head, and a view 9 bytes.</summary>
internal static class SeenUpkeep
{
    private const string FindMany = """
        SELECT bucket, day FROM view_seen WHERE views < 512
        GROUP BY bucket, day HAVING count(*) >= 32 ORDER BY bucket, day
        """;

    private const string LockBucket = "SELECT 1 FROM view_bucket WHERE bucket = $1 FOR UPDATE";

    private const string TakeSmall = """
        DELETE FROM view_seen WHERE bucket = $1 AND day = $2 AND views < 512 RETURNING seq, hashes
        """;

    private const string AddJoined = """
        INSERT INTO view_seen (bucket, seq, day, views, hashes) VALUES ($1, $2, $3, $4, $5)
        """;

    /// <returns>Blocks that were joined.</returns>
    public static async Task<int> Join(Database database, CancellationToken cancel)
    {
        var found = new List<(short Bucket, DateOnly Day)>();
        await using (var find = database.Reads.CreateCommand(FindMany))
        await using (var row = await find.ExecuteReaderAsync(cancel))
            while (await row.ReadAsync(cancel))
                found.Add((row.GetInt16(0), row.GetFieldValue<DateOnly>(1)));
        var joined = 0;
        foreach (var (bucket, day) in found)
            joined += await Join(database, bucket, day, cancel);
        return joined;
    }

    private static async Task<int> Join(Database database, short bucket, DateOnly day, CancellationToken cancel)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var hold = new NpgsqlCommand(LockBucket, connection, transaction))
        {
            hold.Parameters.Add(new() { Value = bucket });
            await hold.ExecuteNonQueryAsync(cancel);
        }

        var seq = 0L;
        var blocks = new List<byte[]>();
        await using (var take = new NpgsqlCommand(TakeSmall, connection, transaction))
        {
            take.Parameters.Add(new() { Value = bucket });
            take.Parameters.Add(new() { Value = day, NpgsqlDbType = NpgsqlDbType.Date });
            await using var row = await take.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                seq = Math.Max(seq, row.GetInt64(0));
                blocks.Add(row.GetFieldValue<byte[]>(1));
            }
        }

        if (blocks.Count == 0)
            return 0;
        // Under the latest of their versions: who knows that one knows all of them, who does not reads some again.
        var whole = SeenBlock.Join(blocks);
        await using (var add = new NpgsqlCommand(AddJoined, connection, transaction))
        {
            add.Parameters.Add(new() { Value = bucket });
            add.Parameters.Add(new() { Value = seq });
            add.Parameters.Add(new() { Value = day, NpgsqlDbType = NpgsqlDbType.Date });
            add.Parameters.Add(new() { Value = whole.Length / SeenBlock.BytesAView });
            add.Parameters.Add(new() { Value = whole });
            await add.ExecuteNonQueryAsync(cancel);
        }

        CrashPoint.Hit(SettlementCrashPoints.SeenJoined);
        await transaction.CommitAsync(cancel);
        return blocks.Count;
    }
}
