using System.Collections.Concurrent;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>
/// One group's owner: takes partitions under a new epoch, keeps what was read in a bounded buffer for each, and runs
/// one batch a partition at a time; partitions run beside each other.
/// </summary>
public sealed class PartitionPump(
    string group,
    IReadOnlyDictionary<string, IBatchConsumer> consumers,
    OffsetStore offsets,
    Takeover takeover,
    BatchTransactions transactions,
    MessagingOptions options,
    GroupTroubles troubles,
    ILogger<PartitionPump> log
) : IPartitionOwner
{
    private readonly ConcurrentDictionary<TopicPartition, PartitionLane> _lanes = new();

    public string Group { get; } = group;

    public IReadOnlyCollection<string> Topics { get; } = [.. consumers.Keys];

    /// <summary>Lanes as of now, for metrics and the status page.</summary>
    public IEnumerable<PartitionLane> Lanes => _lanes.Values;

    public async Task<long?> Take(TopicPartition partition, CancellationToken cancel)
    {
        // A lane that lost its fence may still be here; the new epoch replaces it.
        Lose(partition);
        var taken = await takeover.Take(Group, partition, cancel);
        if (taken is not { } owned)
            return null;
        var runner = new BatchRunner(Group, consumers[partition.Topic], transactions, owned, log);
        _lanes[partition] = new PartitionLane(owned, runner, log);
        return owned.NextOffset;
    }

    public bool Offer(TopicPartition partition, IReadOnlyList<LogRecord> records) =>
        _lanes.TryGetValue(partition, out var lane) && lane.Offer(records);

    public bool WantsMore(TopicPartition partition) => _lanes.TryGetValue(partition, out var lane) && lane.WantsMore;

    /// <summary>-1: the partition is not ours (any more).</summary>
    public long CommittedOffset(TopicPartition partition) =>
        _lanes.TryGetValue(partition, out var lane) && !lane.Lost ? lane.Committed : -1;

    public string? LogOf(TopicPartition partition) =>
        _lanes.TryGetValue(partition, out var lane) ? lane.Owned.LogId : null;

    public async Task Release(TopicPartition partition)
    {
        if (_lanes.TryRemove(partition, out var lane))
            await lane.Finish();
    }

    public void Lose(TopicPartition partition)
    {
        if (_lanes.TryRemove(partition, out var lane))
            lane.Drop();
    }

    public void Trouble(string? reason) =>
        troubles.Tell(Group, reason, "Change what the broker refuses; it is tried again by itself.", options, log);

    /// <summary>Messages between what is committed and the log's end, by the offsets in PostgreSQL.</summary>
    public Task<IReadOnlyList<StoredOffset>> ReadOffsets(CancellationToken cancel) => offsets.Read(Group, cancel);
}
