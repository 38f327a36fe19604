using System.CommandLine;
using EventSettlement.Bench.ViewLogs;
using EventSettlement.Cli;
using EventSettlement.Platform;

namespace EventSettlement.Bench;

/// <summary><c>settle bench NAME</c>.</summary>
internal static class BenchVerbs
{
    public static Command Command() =>
        new("bench", "Measure; prints a table and one JSON line.")
        {
            Bench("saga", "Saga messages a second on one partition, fed from memory.", SagaBench.Run),
            Bench("refunds", "From run start to the last COMPLETED, over a fresh installation.", RefundsBench.Run),
            Bench(
                "latency",
                "One settlement on an idle system, from request to COMPLETED.",
                LatencyBench.Run,
                studies: 200
            ),
            ViewsBenchVerb.Command(),
            IntakeWorker.Command(),
        };

    private static Command Bench(
        string name,
        string description,
        Func<BenchOptions, CancellationToken, Task<int>> run,
        int studies = 10_000
    )
    {
        var settlements = Number("--studies", studies);
        var members = Number("--members", 10);
        var rounds = Number("--rounds", 5);
        var latency = Number("--latency-ms", 0);
        var kafka = Verb.Text(
            "--kafka",
            "host:port of a fresh broker, or private to start one from KAFKA_HOME; PostgreSQL's log when not given."
        );
        var database = Verb.Text(
            "--connection",
            "A PostgreSQL server to make a database on; a private one when not given."
        );
        database.Validators.Add(r =>
        {
            if (!PostgresAddress.IsRight(r.GetValueOrDefault<string?>() + ";Database=new"))
                r.AddError("--connection takes a PostgreSQL connection string with Host and Username");
        });
        var verb = new Command(name, description) { settlements, members, rounds, latency, kafka, database };
        verb.SetAction(
            (parsed, cancel) =>
                run(
                    new BenchOptions(
                        parsed.GetValue(settlements),
                        parsed.GetValue(members),
                        parsed.GetValue(rounds),
                        parsed.GetValue(database),
                        parsed.GetValue(kafka),
                        parsed.GetValue(latency)
                    ),
                    cancel
                )
        );
        return verb;
    }

    private static Option<int> Number(string name, int usual)
    {
        var option = new Option<int>(name)
        {
            DefaultValueFactory = _ => usual,
            Description = $"{usual} when not given.",
        };
        option.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 0)
                r.AddError($"{name} is not negative");
        });
        return option;
    }
}
