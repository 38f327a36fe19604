using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Contracts;
using Spectre.Console;

namespace EventSettlement.Runs;

/// <summary>A bar with rate and time left on a terminal; elsewhere a line whenever something has changed.</summary>
internal sealed class RunWatching(ApiClient api)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <param name="output">json and csv print the run as it ended, and its way there on standard error.</param>
    public async Task<int> Watch(long run, string output, CancellationToken cancel)
    {
        JsonNode? end = null;
        if (output != "table")
            end = await Follow(run, Console.Error, cancel);
        else if (Console.IsOutputRedirected)
            end = await Follow(run, Console.Out, cancel);
        else
            await AnsiConsole
                .Progress()
                .AutoClear(false)
                .Columns(
                    new TaskDescriptionColumn(),
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn()
                )
                .StartAsync(async bar =>
                {
                    var task = bar.AddTask($"run {run}", maxValue: 1);
                    end = await Follow(
                        run,
                        (shown, planned, ended) =>
                        {
                            task.MaxValue = Math.Max(1, planned);
                            task.Value = ended;
                            task.Description = Markup.Escape(shown);
                        },
                        cancel
                    );
                });
        if (output != "table")
            Listing.One(end!, output, Console.Out);
        if (end.Text("state") != RunStates.Stopped)
            return ExitCode.Ok;
        await Console.Error.WriteLineAsync($"run {run} {end!["waitsFor"]} (settle run resume {run} goes on with it)");
        return ExitCode.Failed;
    }

    private Task<JsonNode> Follow(long run, TextWriter to, CancellationToken cancel)
    {
        var told = "";
        return Follow(
            run,
            (shown, _, _) =>
            {
                if (shown != told)
                    to.WriteLine(shown);
                told = shown;
            },
            cancel
        );
    }

    private async Task<JsonNode> Follow(long run, Action<string, long, long> show, CancellationToken cancel)
    {
        var since = Stopwatch.GetTimestamp();
        long? first = null;
        while (true)
        {
            var now = await api.Get($"v1/runs/{run}", cancel);
            var ended = SettlementStates.Ends.Sum(state => Count(now, state));
            first ??= ended;
            var rate = (ended - first.Value) / Math.Max(0.001, Stopwatch.GetElapsedTime(since).TotalSeconds);
            var finished = now.Text("state") is RunStates.Finished or RunStates.Stopped;
            show(Line(now, ended, finished ? 0 : rate), Count(now, RunTotals.Planned), ended);
            if (finished)
                return now;
            StandardStreams.NeedReader();
            await Task.Delay(Interval, cancel);
        }
    }

    private static string Line(JsonNode run, long ended, double rate)
    {
        var states = run.Rows("totals")
            .Where(t => t.Text("state") != RunTotals.Planned && t.Number("settlements") > 0)
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t["state"]} {t.Number("settlements"):N0}"));
        var waits = run["waitsFor"] is { } reasons ? $"; waits for: {reasons}" : "";
        return string.Create(
                CultureInfo.InvariantCulture,
                $"run {run["runId"]} {run["state"]} {ended:N0}/{Count(run, RunTotals.Planned):N0} "
            )
            + string.Join(", ", states)
            + waits
            + (rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {rate:N0} settlements/s") : "");
    }

    private static long Count(JsonNode run, string state) =>
        run.Rows("totals").Where(t => t.Text("state") == state).Sum(t => t.Number("settlements"));
}
