namespace EventSettlement.Runs;

/// <summary>One execution of a programme for one business date.</summary>
/// <param name="Date">Asia/Seoul.</param>
/// <param name="PayAt">UTC; null = as soon as planned.</param>
/// <param name="Unattended">It is to be planned, and no server has taken it for a while.</param>
public sealed record Run(
    long Id,
    string Programme,
    DateOnly Date,
    string Kind,
    int Seq,
    string State,
    DateTime? PayAt,
    string Actor,
    bool Planned,
    DateTime CreatedAt,
    DateTime? PlannedAt,
    DateTime? FinishedAt,
    string? StopReason,
    bool Unattended = false
)
{
    public bool IsUnfinished => State is RunStates.Planning or RunStates.Paying;
}

/// <summary>States of a run.</summary>
public static class RunStates
{
    public const string Planning = "PLANNING";
    public const string Paying = "PAYING";
    public const string Finished = "FINISHED";
    public const string Stopped = "STOPPED";
}

/// <summary>Settlements of a run in one state; <c>PLANNED</c> is all that were planned.</summary>
/// <param name="Amount">Won; a sum may pass 64 bits.</param>
public sealed record RunTotals(string State, long Settlements, long Items, decimal Amount)
{
    public const string Planned = "PLANNED";
}

/// <summary>A run with its totals.</summary>
/// <param name="Retrying">Settlements that wait for their next attempt.</param>
/// <param name="NextRetryAt">UTC; when the first of them starts.</param>
/// <param name="Held">Settlements that wait for an operator's release.</param>
/// <param name="StoppedDownstreams">Names, separated by commas; null = payouts go on.</param>
public sealed record RunView(
    Run Run,
    IReadOnlyList<RunTotals> Totals,
    long Retrying,
    DateTime? NextRetryAt,
    long Held,
    string? StoppedDownstreams
)
{
    /// <summary>Settlements in one of these states.</summary>
    public long Count(params IReadOnlyList<string> states) =>
        Totals.Where(total => states.Contains(total.State)).Sum(total => total.Settlements);
}
