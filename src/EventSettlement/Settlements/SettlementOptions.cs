namespace EventSettlement.Settlements;

/// <summary>What the saga takes from the configuration.</summary>
/// <param name="RetryDelays">One wait a retry, counted from the end of the attempt before it.</param>
public sealed record SettlementOptions(IReadOnlyList<TimeSpan> RetryDelays);
