namespace EventSettlement.Payouts.Calls;

/// <summary>What becomes of an item's doubt.</summary>
internal enum DoubtChange : short
{
    Keep = 0,
    Set = 1,
    Clear = -1,
}

/// <summary>
/// Where an item stands after a call; <see cref="State"/> is null while it was neither sent nor decided.
/// </summary>
/// <param name="RetryAfter">The downstream's own wait, when it refused for now.</param>
internal readonly record struct ItemOutcome(
    string? State,
    string? Code = null,
    string? Message = null,
    string? TransactionId = null,
    DoubtChange Doubt = DoubtChange.Keep,
    bool NeedsPerson = false,
    TimeSpan? RetryAfter = null
);

/// <summary>States of an item as the table spells them.</summary>
internal static class ItemStates
{
    public const string Pending = "PENDING";
    public const string Sending = "SENDING";
    public const string Paid = "PAID";
    public const string Failed = "FAILED";
    public const string Rejected = "REJECTED";
    public const string InDoubt = "IN_DOUBT";
    public const string Cancelled = "CANCELLED";
    public const string WrittenOff = "WRITTEN_OFF";
}
