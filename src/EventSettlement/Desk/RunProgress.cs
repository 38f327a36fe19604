using System.Globalization;
using EventSettlement.Contracts;
using EventSettlement.Runs;

namespace EventSettlement.Desk;

/// <summary>Shows a run going on: one line that is rewritten on a terminal, a line a change elsewhere.</summary>
internal sealed class RunProgress(RunQueries queries, Action<string> say)
{
    private const int BarWidth = 24;

    /// <param name="alone">Nobody comes who would start a downstream that was stopped.</param>
    /// <returns>
    /// False when it was stopped, or nothing of it moved for as long as the limit, or a downstream that it waits for is
    /// stopped and nobody comes.
    /// </returns>
    public async Task<bool> Watch(long id, TimeSpan limit, bool alone, CancellationToken stop)
    {
        var moved = TimeProvider.System.GetTimestamp();
        var shown = "";
        while (true)
        {
            var view = await queries.Show(id, stop) ?? throw new InvalidOperationException($"there is no run {id}");
            var line = Line(view);
            // A limit without progress: a large run takes its time.
            if (line != shown)
                moved = TimeProvider.System.GetTimestamp();
            if (line != shown && Console.IsOutputRedirected)
                say(line);
            else if (line != shown)
                Console.Write("\r\u001b[K" + line);
            shown = line;
            var over = view.Run.State is RunStates.Finished or RunStates.Stopped;
            var waitsForNobody = alone && view.StoppedDownstreams is not null;
            if (over || waitsForNobody || TimeProvider.System.GetElapsedTime(moved) > limit)
            {
                if (!Console.IsOutputRedirected)
                    Console.WriteLine();
                if (view.Run.State == RunStates.Stopped)
                    say($"Run {id} {RunWaits.Describe(view)}");
                return view.Run.State == RunStates.Finished;
            }
            await Task.Delay(250, stop);
        }
    }

    private static string Line(RunView view)
    {
        var planned = view.Count(RunTotals.Planned);
        var ended = view.Count(SettlementStates.Ends);
        var filled = planned == 0 ? 0 : (int)(BarWidth * ended / planned);
        var states = view
            .Totals.Where(t => t.State != RunTotals.Planned && t.Settlements > 0)
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.State} {t.Settlements:N0}"));
        var retrying = view.NextRetryAt is { } next
            ? string.Create(CultureInfo.InvariantCulture, $"; retrying {view.Retrying:N0}, next at {next:HH:mm:ss} UTC")
            : "";
        return string.Create(
                CultureInfo.InvariantCulture,
                $"  [{new string('#', filled)}{new string('.', BarWidth - filled)}] {view.Run.State, -8} "
                    + $"{ended:N0}/{planned:N0} settlements"
            )
            + (states.Any() ? ": " + string.Join(", ", states) : "")
            + retrying;
    }
}
