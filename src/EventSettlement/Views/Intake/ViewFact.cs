namespace EventSettlement.Views.Intake;

/// <summary>A view, checked against every rule of the topic <c>view-logs</c> but those of state.</summary>
/// <param name="WatchedSeconds">0 to 86,400.</param>
/// <param name="AdId">Null = without an ad.</param>
/// <param name="ViewedAt">UTC, whole microseconds.</param>
public sealed record ViewFact(
    string ViewId,
    string MemberId,
    string ContentId,
    int WatchedSeconds,
    bool Completed,
    string? AdId,
    DateTime ViewedAt
);
