namespace EventSettlement.Messaging.Bulk;

/// <summary>
/// Handles a topic of very many small records: what it needs of each is folded into a batch without an object a
/// record, all partitions of the process together, and a batch is written in one transaction with all their offsets.
/// Where anything fails, or it is not known whether a transaction was committed, everything that is not committed is
/// abandoned and read again from the offsets that are: a batch is not tried twice.
/// </summary>
public interface IBulkConsumer
{
    /// <summary>A new batch. The next one is folded while this one is being written, one after the other.</summary>
    IBulkBatch Begin();
}

/// <summary>What was folded from records, on its way into one transaction.</summary>
public interface IBulkBatch
{
    /// <summary>Records that were folded.</summary>
    int Count { get; }

    /// <summary>It takes no more: memory is bounded.</summary>
    bool IsFull { get; }

    /// <summary>One record; its bytes are gone when this returns.</summary>
    void Fold(in BulkRecord record);

    /// <summary>Before the transaction and without a lock: what takes long to read.</summary>
    Task Prepare(CancellationToken cancel);

    /// <summary>Inside the transaction, behind the fence of every partition and before COMMIT.</summary>
    Task Write(BulkTransaction transaction, CancellationToken cancel);

    /// <summary>It is committed: the batch is not used again and may lend its memory to another.</summary>
    void Committed();

    /// <summary>Nothing of it was committed, as far as is known: whatever it has changed in memory is wrong.</summary>
    void Abandon();
}
