using EventSettlement.Messaging.Log;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>A log that nobody reaches.</summary>
/// <param name="whenAsked">How it fails, or does not answer.</param>
internal sealed class LogThatIsAway(Func<Task<(long Begin, long End)>> whenAsked) : IEventLog
{
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    public Task<(long Begin, long End)> ReadBounds(TopicPartition partition, CancellationToken cancel)
    {
        Interlocked.Increment(ref _asked);
        return whenAsked();
    }

    public Task<string> ReadIdentity(string topic, CancellationToken cancel) => throw new NotSupportedException();

    public bool IsShared => throw new NotSupportedException();

    public bool CanShrink => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, int>> CreateTopics(
        IReadOnlyCollection<TopicSpec> topics,
        CancellationToken cancel
    ) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, int>> ReadPartitions(
        IReadOnlyCollection<string> topics,
        CancellationToken cancel
    ) => throw new NotSupportedException();

    public Task<bool> IsCompacted(string topic, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> HasRecords(TopicPartition partition, long from, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task SetPartitions(string topic, int partitions, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<LogRecord?> ReadAt(TopicPartition partition, long offset, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task Consume(
        string group,
        IReadOnlyCollection<string> topics,
        IPartitionOwner owner,
        CancellationToken cancel
    ) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
