using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace EventSettlement.Cli.Verbs;

/// <summary>A bar with rate and time left on a terminal; elsewhere a line whenever something has changed.</summary>
internal sealed class RunWatching(ApiClient api)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly string[] Ends = ["COMPLETED", "FAILED", "CANCELLED"];

    public async Task<int> Watch(long run, CancellationToken cancel)
    {
        if (Console.IsOutputRedirected)
            await Follow(run, told: "", cancel);
        else
            await AnsiConsole.Progress().AutoClear(false)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                    new RemainingTimeColumn())
                .StartAsync(async bar =>
                {
                    var task = bar.AddTask($"run {run}", maxValue: 1);
                    await Follow(run, (shown, planned, ended) =>
                    {
                        task.MaxValue = Math.Max(1, planned);
                        task.Value = ended;
                        task.Description = Markup.Escape(shown);
                    }, cancel);
                });
        return ExitCode.Ok;
    }

    private Task Follow(long run, string told, CancellationToken cancel) => Follow(run, (shown, _, _) =>
    {
        if (shown != told)
            Console.WriteLine(shown);
        told = shown;
    }, cancel);

    private async Task Follow(long run, Action<string, long, long> show, CancellationToken cancel)
    {
        var since = Stopwatch.GetTimestamp();
        long? first = null;
        while (true)
        {
            var now = await api.Get($"v1/runs/{run}", cancel);
            var ended = Ends.Sum(state => Count(now, state));
            first ??= ended;
            var rate = (ended - first.Value) / Math.Max(0.001, Stopwatch.GetElapsedTime(since).TotalSeconds);
            var finished = (string?)now["state"] is "FINISHED" or "STOPPED";
            show(Line(now, ended, finished ? 0 : rate), Count(now, "PLANNED"), ended);
            if (finished)
                return;
            await Task.Delay(Interval, cancel);
        }
    }

    private static string Line(JsonNode run, long ended, double rate)
    {
        var states = run["totals"]!.AsArray()
            .Where(t => (string?)t!["state"] != "PLANNED" && (long)t["settlements"]! > 0)
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t!["state"]} {(long)t["settlements"]!:N0}"));
        var retrying = (long)run["retrying"]! > 0 ? $"; retrying {run["retrying"]}, next at {run["nextRetryAt"]}" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"run {run["runId"]} {run["state"]} {ended:N0}/{Count(run, "PLANNED"):N0} ")
            + string.Join(", ", states) + retrying
            + (rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {rate:N0} settlements/s") : "");
    }

    private static long Count(JsonNode run, string state) =>
        run["totals"]!.AsArray().Where(t => (string?)t!["state"] == state).Sum(t => (long)t!["settlements"]!);
}
