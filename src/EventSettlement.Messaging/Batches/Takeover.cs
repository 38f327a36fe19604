using System.Collections.Concurrent;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>
/// Takes a partition under a new epoch, and only when the log still holds what the stored offset was counted in:
/// another log, another record or a gap stops the partition, for nothing is ever skipped unseen.
/// </summary>
public sealed class Takeover(NpgsqlDataSource database, IEventLog log, MessagingOptions options)
{
    private const string TakeEpoch = """
        INSERT INTO consumer_offset AS c (group_id, topic, partition, epoch, next_offset, log_id)
        VALUES ($1, $2, $3, 1, $4, $5)
        ON CONFLICT (group_id, topic, partition) DO UPDATE
        SET epoch = c.epoch + CASE WHEN c.stopped IS NULL THEN 1 ELSE 0 END
        RETURNING epoch, next_offset, last_crc, last_time, log_id, stopped
        """;

    private const string StopReading = """
        UPDATE consumer_offset SET stopped = $5 WHERE group_id = $1 AND topic = $2 AND partition = $3 AND epoch = $4
        """;

    private readonly ConcurrentDictionary<(string, TopicPartition), string> _alerted = new();

    internal async Task<Ownership?> Take(string group, TopicPartition partition, CancellationToken cancel)
    {
        var identity = await log.ReadIdentity(partition.Topic, cancel);
        var (first, _) = await log.ReadBounds(partition, cancel);
        var stored = await TakeRow(group, partition, first, identity, cancel);

        // Bounds from before the row would be older than its offset where this process stood still between the two.
        var (begin, end) = await log.ReadBounds(partition, cancel);
        if (stored.Stopped is null && await FindMismatch(partition, stored, identity, begin, end, cancel) is { } reason)
        {
            if (!await Stop(group, partition, stored.Epoch, reason, cancel))
                return null;
            stored = stored with { Stopped = reason };
        }

        if (stored.Stopped is { } why)
        {
            AlertStopped(group, partition, why);
            return null;
        }

        _alerted.TryRemove((group, partition), out _);
        return new Ownership(partition, stored.Epoch, stored.Next, identity);
    }

    private async Task<Row> TakeRow(
        string group,
        TopicPartition partition,
        long begin,
        string identity,
        CancellationToken cancel
    )
    {
        await using var command = database.CreateCommand(TakeEpoch);
        command.Parameters.Add(new() { Value = group });
        command.Parameters.Add(new() { Value = partition.Topic });
        command.Parameters.Add(new() { Value = partition.Partition });
        command.Parameters.Add(new() { Value = begin });
        command.Parameters.Add(new() { Value = identity });
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new Row(
            row.GetInt64(0),
            row.GetInt64(1),
            row.IsDBNull(2) ? null : row.GetInt64(2),
            row.IsDBNull(3) ? null : row.GetDateTime(3),
            row.IsDBNull(4) ? null : row.GetString(4),
            row.IsDBNull(5) ? null : row.GetString(5)
        );
    }

    private async Task<string?> FindMismatch(
        TopicPartition partition,
        Row stored,
        string identity,
        long begin,
        long end,
        CancellationToken cancel
    )
    {
        if (stored.LogId is { } counted && counted != identity)
            return $"the offset counts in log {counted}, this is log {identity}";
        if (stored.Next < begin)
            return $"offsets {stored.Next} to {begin - 1} were deleted before they were read";
        if (stored.Next > end)
            return $"the log ends at {end}, before offset {stored.Next}";
        if (stored.Crc is not { } crc || stored.Next == begin)
            return null;
        var before = await log.ReadAt(partition, stored.Next - 1, cancel);
        // Behind a newer record of its key it was handled all the same: the topic is the same one, and so are offsets.
        if (before is null && await log.IsCompacted(partition.Topic, cancel))
            return null;
        if (before is null)
            return $"offset {stored.Next - 1} is not in the log any more";
        return RecordCrc.Compute(before) == crc && before.AppendedAt == stored.Time
            ? null
            : $"offset {stored.Next - 1} is another record than the one that was handled";
    }

    /// <returns>False where somebody else has taken the partition meanwhile.</returns>
    private async Task<bool> Stop(
        string group,
        TopicPartition partition,
        long epoch,
        string reason,
        CancellationToken cancel
    )
    {
        await using var command = database.CreateCommand(StopReading);
        command.Parameters.Add(new() { Value = group });
        command.Parameters.Add(new() { Value = partition.Topic });
        command.Parameters.Add(new() { Value = partition.Partition });
        command.Parameters.Add(new() { Value = epoch });
        command.Parameters.Add(new() { Value = reason });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private void AlertStopped(string group, TopicPartition partition, string reason)
    {
        if (_alerted.TryGetValue((group, partition), out var alerted) && alerted == reason)
            return;
        _alerted[(group, partition)] = reason;
        options.OnAlert(
            "partition_stopped",
            $"{group} {partition}",
            $"{group} does not read {partition}: {reason}.",
            $"Find out why; then accept it: settle log accept {group} {partition.Topic} {partition.Partition}"
        );
    }

    private sealed record Row(long Epoch, long Next, long? Crc, DateTime? Time, string? LogId, string? Stopped);
}

/// <summary>A partition as this process took it.</summary>
/// <param name="LogId">Identity of the log that the offsets count in.</param>
public sealed record Ownership(TopicPartition Source, long Epoch, long NextOffset, string LogId);
