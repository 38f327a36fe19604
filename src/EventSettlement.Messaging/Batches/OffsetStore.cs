using EventSettlement.Messaging.Log;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>The groups' offsets, and the operator's way to accept that a stopped partition reads on.</summary>
public sealed class OffsetStore(NpgsqlDataSource database, IEventLog log)
{
    private const string All = "SELECT topic, partition, next_offset, stopped FROM consumer_offset WHERE group_id = $1";

    private const string Stopped = """
        SELECT next_offset, log_id FROM consumer_offset
        WHERE group_id = $1 AND topic = $2 AND partition = $3 AND stopped IS NOT NULL
        """;

    // The log that is accepted is kept: were its topic made anew before anything of it is read, that is seen again.
    private const string AcceptStopped = """
        UPDATE consumer_offset
        SET stopped = NULL, epoch = epoch + 1, next_offset = $4, last_crc = NULL, last_time = NULL, log_id = $5
        WHERE group_id = $1 AND topic = $2 AND partition = $3 AND stopped IS NOT NULL
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

    /// <summary>
    /// Messages that the group has not committed, in all partitions of its topics: also in those that it never had.
    /// </summary>
    public async Task<long> ReadLag(string group, IReadOnlyCollection<string> topics, CancellationToken cancel) =>
        (await ReadLags(group, topics, cancel)).Values.Sum();

    /// <summary>The same by partition.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> ReadLags(
        string group,
        IReadOnlyCollection<string> topics,
        CancellationToken cancel
    )
    {
        var read = (await Read(group, cancel)).ToDictionary(offset => offset.Source, offset => offset.NextOffset);
        var lags = new Dictionary<TopicPartition, long>();
        foreach (var (topic, partitions) in await log.ReadPartitions(topics, cancel))
            for (var partition = 0; partition < partitions; partition++)
            {
                var source = new TopicPartition(topic, partition);
                var (begin, end) = await log.ReadBounds(source, cancel);
                var next = Math.Max(begin, read.GetValueOrDefault(source, begin));
                lags[source] = next < end && await log.HasRecords(source, next, cancel) ? end - next : 0;
            }

        return lags;
    }

    /// <summary>
    /// Where a stopped partition would read on without passing over a record that is there: in another log at its
    /// beginning, in the same one at the stored offset or the nearest that exists.
    /// </summary>
    /// <returns>Null: it is not stopped.</returns>
    public async Task<WayOn?> FindWayOn(string group, TopicPartition partition, CancellationToken cancel)
    {
        await using var command = Of(Stopped, group, partition);
        await using var row = await command.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel))
            return null;
        var (next, counted) = (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1));
        var (begin, end) = await log.ReadBounds(partition, cancel);
        var identity = await log.ReadIdentity(partition.Topic, cancel);
        return new WayOn(
            counted is not null && counted != identity ? begin : Math.Clamp(next, begin, end),
            begin,
            end,
            identity
        );
    }

    /// <summary>Reads on with the log as it is, from this offset. False: it was not stopped any more.</summary>
    public async Task<bool> Accept(
        string group,
        TopicPartition partition,
        long from,
        string identity,
        CancellationToken cancel
    )
    {
        await using var command = Of(AcceptStopped, group, partition);
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = identity });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private NpgsqlCommand Of(string sql, string group, TopicPartition partition)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = group });
        command.Parameters.Add(new() { Value = partition.Topic });
        command.Parameters.Add(new() { Value = partition.Partition });
        return command;
    }
}

/// <summary>Where a stopped partition can read on.</summary>
/// <param name="Next">Passes over nothing that is there.</param>
/// <param name="Begin">Of the records that are there.</param>
/// <param name="End">The offset after the last of them.</param>
/// <param name="Identity">Of the log as it is.</param>
public sealed record WayOn(long Next, long Begin, long End, string Identity);

/// <summary>How far a group is in a partition.</summary>
/// <param name="Stopped">Why nothing is read; null when it is read.</param>
public sealed record StoredOffset(TopicPartition Source, long NextOffset, string? Stopped);
