namespace EventSettlement.Settlements.Saga;

/// <summary>What the saga takes from the configuration.</summary>
/// <param name="RetryDelays">
/// Of a programme: one wait a retry, counted from the end of the attempt before it.
/// </param>
public sealed record SettlementOptions(Func<string, IReadOnlyList<TimeSpan>> RetryDelays)
{
    /// <summary>The same for all programmes.</summary>
    public SettlementOptions(params IReadOnlyList<TimeSpan> retryDelays)
        : this(_ => retryDelays) { }
}
