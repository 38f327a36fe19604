namespace EventSettlement.Contracts;

/// <summary>Topic <c>payouts.&lt;downstream&gt;</c>: try the unpaid items of a part once more.</summary>
public sealed record PayPart(Guid SettlementId, int Part, int Attempt, bool IncludeRejected);

/// <summary>
/// Topic <c>payouts.&lt;downstream&gt;</c>: cancel all items and post the exact reversal, or do nothing.
/// </summary>
public sealed record CancelItems(Guid SettlementId, Guid CommandId, string Actor, string Reason);
