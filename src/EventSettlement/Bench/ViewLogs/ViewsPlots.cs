using System.Globalization;
using EventSettlement.Bench.Plots;

namespace EventSettlement.Bench.ViewLogs;

/// <summary>What <c>settle bench views</c> draws: logs a second by partitions, and by workers.</summary>
internal static class ViewsPlots
{
    public static void Write(
        string folder,
        ViewsBench.Asked asked,
        IReadOnlyList<ViewsCase> cases,
        IReadOnlyList<BenchReport.Measure> limits,
        TimeProvider clock
    )
    {
        string[] where = [MeasuredOn.Describe(), Date(asked, clock)];
        if (asked.Partitions.Length > 0)
        {
            var measured = cases
                .Where(one => one.Workers == 1 && asked.Partitions.Contains(one.Partitions))
                .Select(one => BarOf(Counted(one.Partitions, "partition"), one));
            PlotFiles.Write(
                folder,
                "views-by-partitions",
                Plot("View logs a second by partitions, one worker", measured, limits, where)
            );
        }

        if (asked.Workers.Length > 0)
        {
            var partitions = asked.Workers.Max();
            var measured = cases
                .Where(one => one.Partitions == partitions && asked.Workers.Contains(one.Workers))
                .Select(one => BarOf(Counted(one.Workers, "worker"), one));
            PlotFiles.Write(
                folder,
                "views-by-workers",
                Plot($"View logs a second by workers, {Counted(partitions, "partition")}", measured, limits, where)
            );
        }
    }

    public static BarPlot Plot(
        string title,
        IEnumerable<Bar> measured,
        IReadOnlyList<BenchReport.Measure> limits,
        IEnumerable<string> where
    ) =>
        new(
            title,
            [
                .. measured,
                .. limits.Select(limit => new Bar(limit.Name, limit.Value, BarKind.Beside)),
                .. EarlierNumbers.All.Select(one => new Bar($"SSS, {one.Name}", one.LogsASecond, BarKind.Beside)),
            ],
            [.. where, "SSS: " + EarlierNumbers.Source]
        );

    private static Bar BarOf(string name, ViewsCase one) =>
        one.KeepRaw
            ? new Bar(name + ", raw logs kept", one.Rate, BarKind.MeasuredHarder)
            : new Bar(name, one.Rate, BarKind.Measured);

    private static string Date(ViewsBench.Asked asked, TimeProvider clock) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{MeasuredOn.Date(clock)}; {asked.Views:N0} logs a day, {Counted(asked.Days, "day")}, "
                + $"median of {Counted(asked.Rounds, "round")}"
        );

    private static string Counted(int count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";
}
