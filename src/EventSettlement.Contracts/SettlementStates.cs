namespace EventSettlement.Contracts;

/// <summary>Where a settlement stands, as tables, events and the interface spell it.</summary>
public static class SettlementStates
{
    public const string Pending = "PENDING";
    public const string Processing = "PROCESSING";
    public const string AwaitingRetry = "AWAITING_RETRY";
    public const string Completed = "COMPLETED";
    public const string Failed = "FAILED";
    public const string Cancelled = "CANCELLED";

    /// <summary>In the order in which a settlement goes through them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [Pending, Processing, AwaitingRetry, Completed, Failed, Cancelled];

    /// <summary>Nothing more happens by itself.</summary>
    public static IReadOnlyList<string> Ends { get; } = [Completed, Failed, Cancelled];
}
