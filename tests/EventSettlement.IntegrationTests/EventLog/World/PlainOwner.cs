using System.Collections.Concurrent;
using EventSettlement.Messaging.Log;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>An owner of partitions that keeps what it is offered and does nothing with it.</summary>
internal sealed class PlainOwner : IPartitionOwner
{
    private readonly ConcurrentQueue<long> _offered = new();
    private int _takes;

    /// <summary>Where to read from the n-th time that a partition is given; null leaves it stopped.</summary>
    public required Func<int, long?> Start { get; init; }

    public bool IsFull { get; set; }

    public int Takes => Volatile.Read(ref _takes);

    public IReadOnlyCollection<long> Offered => _offered;

    public Task<long?> Take(TopicPartition partition, CancellationToken cancel) =>
        Task.FromResult(Start(Interlocked.Increment(ref _takes)));

    public bool Offer(TopicPartition partition, IReadOnlyList<LogRecord> records)
    {
        foreach (var record in records)
            _offered.Enqueue(record.Offset);
        return !IsFull;
    }

    public bool WantsMore(TopicPartition partition) => !IsFull;

    public long CommittedOffset(TopicPartition partition) => 0;

    /// <summary>What the log said last of what keeps it from being read.</summary>
    public string? Troubled { get; private set; }

    public void Trouble(string? reason) => Troubled = reason;

    public string? LogOf(TopicPartition partition) => null;

    public Task Release(TopicPartition partition) => Task.CompletedTask;

    public void Lose(TopicPartition partition) { }
}
