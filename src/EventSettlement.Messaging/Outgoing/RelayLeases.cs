using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>
/// Which shards of the outbox this process relays, by the database's clock. Every free shard is taken: relaying is
/// cheap, a second process only stands by.
/// </summary>
internal sealed class RelayLeases(NpgsqlDataSource database)
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(5);
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.CreateVersion7():N}";

    private const string Prepare = """
        INSERT INTO relay_lease (shard) SELECT generate_series(0, $1 - 1) ON CONFLICT DO NOTHING
        """;

    private const string Renew = """
        UPDATE relay_lease
        SET owner = $1, expires_at = clock() + $2, epoch = epoch + CASE WHEN owner IS NOT DISTINCT
        FROM $1 THEN 0 ELSE 1 END
        WHERE shard IN (SELECT shard FROM relay_lease WHERE owner = $1 OR expires_at < (SELECT clock())
                        ORDER BY shard FOR UPDATE SKIP LOCKED)
        RETURNING shard, epoch
        """;

    // Never a join with the queue itself: of one that was empty when it was last vacuumed PostgreSQL expects one row,
    // and compares each row that waits with each that was sent. LIMIT keeps the lookups by key.
    private const string DeleteSent = """
        DELETE FROM outbox WHERE ctid = ANY (ARRAY(
            SELECT waiting.ctid FROM unnest($1, $2, $3) AS sent(shard, id, epoch)
            CROSS JOIN LATERAL (
                SELECT ctid FROM outbox o WHERE o.shard = sent.shard AND o.id = sent.id LIMIT 1) waiting
            WHERE EXISTS (SELECT 1 FROM relay_lease l
                          WHERE l.shard = sent.shard AND l.epoch = sent.epoch AND l.owner = $4)))
        """;

    private const string GiveBack = "UPDATE relay_lease SET owner = NULL, expires_at = '-infinity' WHERE owner = $1";

    public async Task CreateRows(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Prepare);
        command.Parameters.Add(new() { Value = OutboxWriter.Shards });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Shards held after renewing, with their epochs.</summary>
    public async Task<Dictionary<short, long>> RenewLeases(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Renew);
        command.Parameters.Add(new() { Value = _owner });
        command.Parameters.Add(new() { Value = Ttl });
        var held = new Dictionary<short, long>();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            held[row.GetInt16(0)] = row.GetInt64(1);
        return held;
    }

    /// <summary>Deletes what was sent, where the shard is still ours; answers how many rows went.</summary>
    public async Task<int> Delete(
        IReadOnlyList<OutboxRow> sent,
        IReadOnlyDictionary<short, long> held,
        CancellationToken cancel
    )
    {
        await using var command = database.CreateCommand(DeleteSent);
        Array(sent.Select(row => row.Shard).ToArray(), NpgsqlDbType.Smallint);
        Array(sent.Select(row => row.Id).ToArray(), NpgsqlDbType.Bigint);
        Array(sent.Select(row => held[row.Shard]).ToArray(), NpgsqlDbType.Bigint);
        command.Parameters.Add(new() { Value = _owner });
        return await command.ExecuteNonQueryAsync(cancel);

        void Array<T>(T[] values, NpgsqlDbType type) =>
            command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    public async Task Leave()
    {
        await using var command = database.CreateCommand(GiveBack);
        command.Parameters.Add(new() { Value = _owner });
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A message that waits for the relay.</summary>
internal sealed record OutboxRow(short Shard, long Id, string Topic, byte[]? Key, byte[]? Body, string Headers);
