using EventSettlement.Messaging.Log;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>The groups' offsets, and the operator's way to accept that a stopped partition reads on.</summary>
public sealed class OffsetStore(NpgsqlDataSource database, IEventLog log)
{
    private const string All = "SELECT topic, partition, next_offset, stopped FROM consumer_offset WHERE group_id = $1";

    private const string AcceptStopped = """
        UPDATE consumer_offset
        SET stopped = NULL, epoch = epoch + 1, next_offset = greatest($4, least(next_offset, $5)),
            last_crc = NULL, last_time = NULL, log_id = NULL
        WHERE group_id = $1 AND topic = $2 AND partition = $3 AND stopped IS NOT NULL
        RETURNING next_offset
        """;

    public async Task<IReadOnlyList<StoredOffset>> Read(string group, CancellationToken cancel)
    {
        var found = new List<StoredOffset>();
        await using var command = database.CreateCommand(All);
        command.Parameters.Add(new() { Value = group });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            found.Add(
                new StoredOffset(
                    new TopicPartition(row.GetString(0), row.GetInt32(1)),
                    row.GetInt64(2),
                    row.IsDBNull(3) ? null : row.GetString(3)
                )
            );
        return found;
    }

    /// <summary>Messages between the committed offsets of the group and the ends of its partitions.</summary>
    public async Task<long> ReadLag(string group, CancellationToken cancel)
    {
        long lag = 0;
        foreach (var offset in await Read(group, cancel))
            lag += Math.Max(0, (await log.ReadBounds(offset.Source, cancel)).End - offset.NextOffset);
        return lag;
    }

    /// <summary>
    /// Reads on with the log as it is, from the stored offset or the nearest that exists. Null: it was not stopped.
    /// </summary>
    public async Task<long?> Accept(string group, TopicPartition partition, CancellationToken cancel)
    {
        var (begin, end) = await log.ReadBounds(partition, cancel);
        await using var command = database.CreateCommand(AcceptStopped);
        command.Parameters.Add(new() { Value = group });
        command.Parameters.Add(new() { Value = partition.Topic });
        command.Parameters.Add(new() { Value = partition.Partition });
        command.Parameters.Add(new() { Value = begin });
        command.Parameters.Add(new() { Value = end });
        return (long?)await command.ExecuteScalarAsync(cancel);
    }
}

/// <summary>How far a group is in a partition.</summary>
/// <param name="Stopped">Why nothing is read; null when it is read.</param>
public sealed record StoredOffset(TopicPartition Source, long NextOffset, string? Stopped);
