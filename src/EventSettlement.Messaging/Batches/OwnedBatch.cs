using EventSettlement.Messaging.Log;

namespace EventSettlement.Messaging.Batches;

/// <summary>Up to 500 records of a partition that this process owns under an epoch.</summary>
public abstract class OwnedBatch
{
    public abstract TopicPartition Source { get; }

    /// <summary>Rises with every change of ownership; every transaction made here is fenced by it.</summary>
    public abstract long Epoch { get; }

    public abstract IReadOnlyList<LogRecord> Records { get; }

    /// <summary>
    /// The owner is to let go of the partition and waits for this batch: what has not begun is the next one's.
    /// </summary>
    public virtual bool IsLeaving => false;

    /// <summary>
    /// A fenced transaction that does not move the offset (a claim before an outside call).
    /// </summary>
    /// <exception cref="PartitionLostException">Somebody else owns the partition; nothing was written.</exception>
    public abstract Task<T> InTransaction<T>(Func<OwnedTransaction, Task<T>> work, CancellationToken cancel);

    /// <summary>
    /// The fenced transaction that moves the offset past the batch, with everything that <paramref name="work"/> wrote,
    /// sent, scheduled and parked. The fence is taken before <paramref name="work"/> runs; what was sent is written
    /// after it, as the last statements before COMMIT.
    /// </summary>
    /// <exception cref="PartitionLostException">Somebody else owns the partition; nothing was written.</exception>
    public abstract Task Complete(Func<OwnedTransaction, Task> work, CancellationToken cancel);

    /// <summary>The same where everything is known beforehand: one round trip and the COMMIT.</summary>
    /// <exception cref="PartitionLostException">Somebody else owns the partition; nothing was written.</exception>
    /// <exception cref="UnexpectedRowsException">A statement touched other rows than expected; nothing was
    /// written.</exception>
    public Task Complete(QueuedWrites writes, CancellationToken cancel) =>
        Complete(AsyncEnumerable.Repeat(writes, 1), cancel);

    /// <summary>
    /// The same in pieces, of which each is written while the next is being made. The transaction begins with the
    /// first and is committed after the last.
    /// </summary>
    /// <exception cref="PartitionLostException">Somebody else owns the partition; nothing was written.</exception>
    /// <exception cref="UnexpectedRowsException">A statement touched other rows than expected; nothing was
    /// written.</exception>
    public abstract Task Complete(IAsyncEnumerable<QueuedWrites> pieces, CancellationToken cancel);
}

/// <summary>The partition belongs to another owner since; the batch is theirs now.</summary>
public sealed class PartitionLostException(TopicPartition partition, long epoch)
    : Exception($"{partition} is no longer ours (epoch {epoch})");
