using System.Globalization;
using EventSettlement.Bench.Plots;
using EventSettlement.Cli;
using EventSettlement.Desk;

namespace EventSettlement.Bench.ViewLogs;

/// <summary>
/// <c>settle bench views</c>: filled Kafka topics to committed statistics, duplicates out, by partitions and by
/// workers; one GROUP BY over the same logs beside it as the limit.
/// </summary>
internal static class ViewsBench
{
    // All workers that begin at once are in the group's first generation, or the first would read alone for a while.
    private static readonly Dictionary<string, string> BrokerSettings = new()
    {
        ["group.initial.rebalance.delay.ms"] = "1000",
    };

    /// <param name="Views">Logs a day.</param>
    /// <param name="Kafka">Null = a private broker.</param>
    /// <param name="Plots">Null = none are drawn.</param>
    internal sealed record Asked(
        int Views,
        int Days,
        int[] Partitions,
        int[] Workers,
        int Rounds,
        string? Kafka,
        string? Plots
    )
    {
        /// <summary>One worker on topics of some partitions, then some workers on one number of partitions.</summary>
        public IEnumerable<(int Partitions, int Workers)> Cases =>
            Partitions
                .Select(partitions => (partitions, 1))
                .Concat(Workers.Select(workers => (Workers.Max(), workers)));
    }

    public static async Task<int> Run(Asked asked, CancellationToken cancel)
    {
        // Before hours are spent on numbers that could not be drawn.
        if (asked.Plots is not null)
            Directory.CreateDirectory(asked.Plots);
        var folder = Directory.CreateTempSubdirectory("settle-bench-").FullName;
        try
        {
            var broker =
                asked.Kafka
                ?? await PrivateKafka.StartIfWanted(folder, Console.Error.WriteLine, BrokerSettings, cancel)
                ?? throw new CliException(ExitCode.Usage, "--kafka is a broker, or KAFKA_HOME a Kafka distribution");
            await using var place = await BenchDatabase.Create(null, cancel);
            var logs = BenchLogs.Of(asked.Views, asked.Days);
            var cases = new List<ViewsCase>();
            foreach (var (partitions, workers) in asked.Cases.Distinct())
            {
                var topics = new List<string>();
                try
                {
                    await Fill(broker, logs, partitions, topics, cancel);
                    foreach (var keepRaw in (bool[])[false, true])
                    {
                        var one = new ViewsCase(broker, topics, logs, partitions, workers, keepRaw);
                        await one.Measure(place, asked.Rounds, cancel);
                        cases.Add(one);
                    }
                }
                finally
                {
                    if (topics.Count > 0)
                        await BenchLogs.Forget(broker, topics);
                }
            }

            var limits = await Limits(logs, place, asked.Rounds, cancel);
            if (asked.Plots is { } plots)
                ViewsPlots.Write(plots, asked, cases, limits, TimeProvider.System);
            return ExitCode.Ok;
        }
        finally
        {
            new OwnedProcess(folder, PrivateKafka.Name).Stop();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <param name="topics">Gets those that were made, also where one could not be filled.</param>
    private static async Task Fill(
        string broker,
        BenchLogs logs,
        int partitions,
        List<string> topics,
        CancellationToken cancel
    )
    {
        for (var day = 0; day < logs.Days; day++)
        {
            var topic = string.Create(CultureInfo.InvariantCulture, $"settle-bench-{Guid.CreateVersion7():N}");
            await BenchLogs.Create(broker, topic, partitions);
            topics.Add(topic);
            logs.Fill(broker, topic, day, cancel);
        }

        await Console.Error.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Days {logs.Days}: a topic each, of {partitions} partitions, with {logs.Views:N0} logs"
            )
        );
    }

    private static async Task<IReadOnlyList<BenchReport.Measure>> Limits(
        BenchLogs logs,
        BenchDatabase place,
        int rounds,
        CancellationToken cancel
    )
    {
        var (alone, loaded) = await GroupByLimit.Measure(logs, place, rounds, cancel);
        BenchReport.Measure[] limits =
        [
            new("one GROUP BY", "logs/s", alone),
            new("COPY and GROUP BY", "logs/s", loaded),
        ];
        BenchReport.Print(
            "views-limit",
            new Dictionary<string, object> { ["views"] = logs.Views, ["days"] = logs.Days },
            limits
        );
        return limits;
    }
}
