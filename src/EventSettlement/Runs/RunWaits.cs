using System.Globalization;
using EventSettlement.Contracts;

namespace EventSettlement.Runs;

/// <summary>Why a run has not come to its end yet, in words. Pure.</summary>
public static class RunWaits
{
    private static readonly TimeSpan Seoul = TimeSpan.FromHours(9);

    /// <returns>Null for a finished run.</returns>
    public static string? Describe(RunView view) =>
        view.Run.State switch
        {
            RunStates.Finished => null,
            RunStates.Stopped => Stopped(view.Run.StopReason),
            _ => string.Join("; ", Reasons(view)) is { Length: > 0 } reasons ? reasons : "about to end",
        };

    private static string Stopped(string? reason) =>
        reason is null ? "stopped"
        : reason.StartsWith("stopped", StringComparison.Ordinal) ? reason
        : "stopped: " + reason;

    private static IEnumerable<string> Reasons(RunView view)
    {
        if (view.Run.Unattended)
            yield return "no server plans it (does one with the role scheduler run?)";
        else if (!view.Run.Planned)
            yield return "settlements are still being planned";
        if (view.StoppedDownstreams is { } names)
            yield return $"payouts to {names} are stopped (settle downstream list)";
        if (view.Held > 0)
            yield return Number(view.Held) + " held (settle settlement release)";
        if (view.Count(SettlementStates.Pending) is > 0 and var pending)
            yield return Number(pending) + " pending" + (view.Run.PayAt is { } at ? ", payable from " + Time(at) : "");
        if (view.Count(SettlementStates.Processing) is > 0 and var processing)
            yield return Number(processing) + " being paid";
        if (view.Retrying > 0)
            yield return "retrying "
                + Number(view.Retrying)
                + (view.NextRetryAt is { } next ? ", next at " + Time(next) : "");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTime utc)
    {
        // Nothing comes after the end of the calendar.
        var there = utc > DateTime.MaxValue - Seoul ? DateTime.MaxValue : utc + Seoul;
        return there.ToString("yyyy-MM-dd HH:mm:ss 'KST'", CultureInfo.InvariantCulture);
    }
}
