using System.Diagnostics;
using System.Globalization;

namespace EventSettlement.Bench;

/// <summary>From the start of a run to the commit of its last COMPLETED settlement, with everything on.</summary>
internal static class RefundsBench
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static async Task<int> Run(BenchOptions options, CancellationToken cancel)
    {
        await using var installation = await BenchInstallation.Start(options, cancel);
        var items = (double)options.Studies * options.Members;
        var (facts, rates, planning) = (new List<double>(), new List<double>(), new List<double>());
        var processor = new List<double>();
        var cold = 0.0;
        for (var round = 0; round <= options.Rounds; round++)
        {
            var intake = await installation.Intake(Facts(options, round), (long)(round + 1) * options.Studies, cancel);
            var spent = installation.Processor();
            var (seconds, planned) = await Settle(installation, options, round, cancel);
            spent = installation.Processor() - spent;
            // The first round warms up code, plans and pools, and is told by itself.
            if (round == 0)
            {
                cold = items / seconds;
                continue;
            }

            facts.Add(options.Studies / intake);
            rates.Add(items / seconds);
            planning.Add(items / planned);
            processor.Add(spent.TotalMicroseconds / items);
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round}: {items / seconds:N0} items/s ({seconds:N2} s, planned after {planned:N2} s), "
                        + $"intake {options.Studies / intake:N0} facts/s"
                )
            );
        }

        BenchReport.Print(
            "refunds",
            new Dictionary<string, object>
            {
                ["studies"] = options.Studies,
                ["members"] = options.Members,
                ["log"] = options.Kafka is null ? "postgres" : "kafka",
                ["latency_ms"] = options.LatencyMilliseconds,
                ["server_peak_mb"] = installation.PeakMegabytes("server"),
                ["sandbox_peak_mb"] = installation.PeakMegabytes("sandbox"),
            },
            [
                new("items per second", "items/s", rates),
                new("cold items per second", "items/s", [cold]),
                new("planned per second", "items/s", planning),
                new("intake per second", "facts/s", facts),
                new("cpu an item", "us", processor),
            ]
        );
        return 0;
    }

    private static async Task<(double Seconds, double Planned)> Settle(
        BenchInstallation installation,
        BenchOptions options,
        int round,
        CancellationToken cancel
    )
    {
        var run = await installation.StartRun(new DateOnly(2026, 11, 1).AddDays(round), cancel);
        var started = Stopwatch.GetTimestamp();
        var done =
            "SELECT coalesce(sum(settlements), 0) FROM run_progress " + $"WHERE state = 'COMPLETED' AND run_id = {run}";
        while (await installation.Count(done, cancel) < options.Studies)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"run {run}: not all COMPLETED within {Patience}");

            // Seconds are the database's own, so looking seldom costs no accuracy and takes no time from the work.
            await BenchInstallation.Pause(cancel, 100);
        }

        const string measured = """
            SELECT (extract(epoch FROM max(s.updated_at) - r.created_at) * 1000)::bigint
            FROM run r JOIN settlement s USING (run_id) WHERE r.run_id = {0} GROUP BY r.created_at
            """;
        const string planned = """
            SELECT (extract(epoch FROM planned_at - created_at) * 1000)::bigint FROM run WHERE run_id = {0}
            """;
        return (
            await installation.Count(string.Format(CultureInfo.InvariantCulture, measured, run), cancel) / 1000.0,
            await installation.Count(string.Format(CultureInfo.InvariantCulture, planned, run), cancel) / 1000.0
        );
    }

    private static IEnumerable<string> Facts(BenchOptions options, int round) =>
        Enumerable
            .Range(1, options.Studies)
            .Select(s =>
                BenchFacts.Study(string.Create(CultureInfo.InvariantCulture, $"R{round}-{s:D7}"), options.Members)
            );
}
