using EventSettlement.Messaging.Log;

namespace EventSettlement.Messaging.Batches;

/// <summary>The batch that consumers see.</summary>
internal sealed class LaneBatch(
    string group,
    Ownership owned,
    IReadOnlyList<LogRecord> records,
    BatchTransactions transactions,
    Func<bool>? leaving = null
) : OwnedBatch
{
    public override TopicPartition Source => owned.Source;

    public override long Epoch => owned.Epoch;

    public override IReadOnlyList<LogRecord> Records => records;

    public override bool IsLeaving => leaving?.Invoke() == true;

    /// <summary>COMMIT was answered: from here on nothing may run this batch again.</summary>
    public bool Completed { get; private set; }

    public override Task<T> InTransaction<T>(Func<OwnedTransaction, Task<T>> work, CancellationToken cancel) =>
        transactions.RunFenced(group, owned, work, cancel);

    public override async Task Complete(Func<OwnedTransaction, Task> work, CancellationToken cancel)
    {
        RefuseTwice();
        await transactions.Complete(group, owned, records[^1], work, cancel);
        Completed = true;
    }

    public override async Task Complete(IAsyncEnumerable<QueuedWrites> pieces, CancellationToken cancel)
    {
        RefuseTwice();
        await transactions.Complete(group, owned, records[^1], pieces, cancel);
        Completed = true;
    }

    private void RefuseTwice()
    {
        if (Completed)
            throw new InvalidOperationException("a batch is completed once");
    }
}
