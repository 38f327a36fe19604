using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.Bench.ViewLogs;

/// <summary>The options of <c>settle bench views</c>.</summary>
internal static class ViewsBenchVerb
{
    // The buckets of known views, and so partitions without shared ones, are 480; a broker of a desk bears fewer.
    private const int MostPartitions = 480;
    private const int MostWorkers = 64;

    public static Command Command()
    {
        var views = Number("--views", 5_000_000, int.MaxValue, "Logs a day.");
        var days = Number(
            "--days",
            1,
            BenchLogs.MostDays,
            "Days in sequence, each a filled topic of its own; more than one tells the first and the last day's rate."
        );
        var partitions = Numbers(
            "--partitions",
            [8],
            MostPartitions,
            "Numbers of partitions to measure one worker with."
        );
        var workers = Numbers(
            "--workers",
            [],
            MostWorkers,
            "Numbers of workers to measure with: processes in one consumer group that share a topic's partitions, "
                + "where a batch job has threads. The topic has as many partitions as the greatest of them."
        );
        var rounds = Number("--rounds", 3, 1000, "For each case, behind one that warms up.");
        var kafka = Verb.Text("--kafka", "host:port of a broker; a private one of KAFKA_HOME when not given.");
        var plots = Verb.Text("--plots", "Folder to draw the rates into, as SVG and PNG; none when not given.");
        var verb = new Command("views", "View logs a second, from filled topics to committed statistics.")
        {
            views,
            days,
            partitions,
            workers,
            rounds,
            kafka,
            plots,
        };
        verb.SetAction(
            (parsed, cancel) =>
                ViewsBench.Run(
                    new ViewsBench.Asked(
                        parsed.GetValue(views),
                        parsed.GetValue(days),
                        parsed.GetValue(partitions)!,
                        parsed.GetValue(workers)!,
                        parsed.GetValue(rounds),
                        parsed.GetValue(kafka),
                        parsed.GetValue(plots)
                    ),
                    cancel
                )
        );
        return verb;
    }

    private static Option<int> Number(string name, int usual, int most, string description)
    {
        var option = new Option<int>(name) { DefaultValueFactory = _ => usual, Description = description };
        option.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is var value && (value < 1 || value > most))
                r.AddError($"{name} is from 1 to {most}");
        });
        return option;
    }

    private static Option<int[]> Numbers(string name, int[] usual, int most, string description)
    {
        var option = new Option<int[]>(name)
        {
            DefaultValueFactory = _ => usual,
            Description = description,
            AllowMultipleArgumentsPerToken = true,
        };
        option.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int[]>()?.Any(value => value < 1 || value > most) == true)
                r.AddError($"{name} are from 1 to {most}");
        });
        return option;
    }
}
