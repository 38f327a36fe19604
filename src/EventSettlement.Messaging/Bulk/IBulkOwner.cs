using EventSettlement.Messaging.Log;

namespace EventSettlement.Messaging.Bulk;

/// <summary>An owner that takes records where they lie. Calls come from one thread a group.</summary>
public interface IBulkOwner : IPartitionOwner
{
    /// <summary>One topic.</summary>
    IReadOnlyCollection<string> Topics { get; }

    /// <summary>Whether there is room for more; else nothing is to be read for a while.</summary>
    bool HasRoom { get; }

    /// <summary>Waits a moment for room; answers <see cref="HasRoom"/>.</summary>
    bool WaitForRoom(TimeSpan atMost);

    /// <summary>What is of partitions that are not ours (any more) is passed over: it is read again.</summary>
    void Offer(RecordBatch records);
}
