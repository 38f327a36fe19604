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
