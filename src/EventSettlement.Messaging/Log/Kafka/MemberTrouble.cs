using System.Diagnostics;
using Confluent.Kafka;
using KafkaPartition = Confluent.Kafka.TopicPartition;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// What a broker holds back from a member, and for how long: a member that no group takes in, and partitions that are
/// not read although there is something to read. A client tells of a refusal once and goes on trying for ever.
/// </summary>
internal sealed class MemberTrouble(
    string group,
    IReadOnlyCollection<string> topics,
    IPartitionOwner owner,
    TimeSpan patience
)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Query = TimeSpan.FromSeconds(5);
    private readonly Dictionary<KafkaPartition, (long Since, Error Error)> _unread = [];
    private long? _outsideSince = Stopwatch.GetTimestamp();
    private Error? _last;
    private bool _troubled;
    private long _told;

    public void Joined() => _outsideSince = null;

    public void Left() => _outsideSince ??= Stopwatch.GetTimestamp();

    public void Read(KafkaPartition partition)
    {
        if (_unread.Count > 0)
            _unread.Remove(partition);
    }

    public void Hear(ConsumeException failure)
    {
        _last = failure.Error;
        if (failure.ConsumerRecord?.TopicPartition is { } partition && topics.Contains(partition.Topic))
            _unread.TryAdd(partition, (Stopwatch.GetTimestamp(), failure.Error));
    }

    /// <param name="next">By partition the offset to read next, of all that the member reads.</param>
    public void Look(IConsumer<byte[], byte[]> consumer, IReadOnlyDictionary<KafkaPartition, long> next)
    {
        var reason =
            _outsideSince is { } since && Stopwatch.GetElapsedTime(since) > patience
                ? $"the broker does not take it into the group {group}" + (_last is { } last ? $": {last.Reason}" : "")
                : FindUnread(consumer, next);
        if (reason is null && !_troubled)
            return;
        if (reason is not null && _troubled && Stopwatch.GetElapsedTime(_told) < TellEvery)
            return;
        (_troubled, _told) = (reason is not null, Stopwatch.GetTimestamp());
        owner.Trouble(reason);
    }

    private string? FindUnread(IConsumer<byte[], byte[]> consumer, IReadOnlyDictionary<KafkaPartition, long> next)
    {
        foreach (var (partition, (since, error)) in _unread)
        {
            if (Stopwatch.GetElapsedTime(since) <= patience)
                continue;
            if (HoldsMore(consumer, partition, next))
                return $"{partition} cannot be fetched: {error.Reason}";
            _unread.Remove(partition);
            return null;
        }

        return null;
    }

    /// <summary>An idle partition that was refused for a moment tells nothing when it is well again.</summary>
    private static bool HoldsMore(
        IConsumer<byte[], byte[]> consumer,
        KafkaPartition partition,
        IReadOnlyDictionary<KafkaPartition, long> next
    )
    {
        // Of a topic that is not there no partition is given.
        if (partition.Partition.IsSpecial)
            return !next.Keys.Any(read => read.Topic == partition.Topic);
        try
        {
            return next.TryGetValue(partition, out var offset)
                && consumer.QueryWatermarkOffsets(partition, Query).High.Value > offset;
        }
        catch (KafkaException)
        {
            return true;
        }
    }
}
