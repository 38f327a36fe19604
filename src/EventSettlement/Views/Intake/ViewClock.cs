using System.Diagnostics;

namespace EventSettlement.Views.Intake;

/// <summary>
/// The database's clock as it was last read, and what has passed since on this machine. Good for setting records aside
/// that are near an edge; what is judged is judged by the clock of the transaction, and a batch that was folded by
/// another clock than that is read again.
/// </summary>
internal sealed record ViewClock(DateTime ReadClock, long ReadAt)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    /// <summary>More than tolerance and age of a batch together.</summary>
    public const long Margin = 30 * 60 * ViewDays.Second;

    public static ViewClock Of(DateTime clock) => new(clock, Stopwatch.GetTimestamp());

    /// <summary>UTC.</summary>
    public DateTime Now => ReadClock + Stopwatch.GetElapsedTime(ReadAt);

    public bool Holds(DateTime clock, TimeSpan age) => (clock - Now).Duration() < Tolerance && age < Tolerance;
}

/// <summary>The clock was put elsewhere between folding and writing: what is near an edge is another set now.</summary>
internal sealed class ClockMovedException()
    : InvalidOperationException("the database's clock has moved: the batch is read again by the new time");
