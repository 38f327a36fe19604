namespace EventSettlement.Payouts.Calls;

/// <summary>
/// Who pays: takes items in bulk and tells what became of each, by key. It never throws for what the other side does.
/// A key that was credited once answers so for ever, whoever asks.
/// </summary>
internal interface IBulkPayer : IDisposable
{
    Task<CallOutcome> Pay(ReadOnlyMemory<PayoutItem> items, CancellationToken cancel);

    /// <summary>What is known of the items' keys; nothing is paid.</summary>
    Task<CallOutcome> Lookup(ReadOnlyMemory<PayoutItem> items, CancellationToken cancel);
}
