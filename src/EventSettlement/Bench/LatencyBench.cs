using System.Globalization;

namespace EventSettlement.Bench;

/// <summary>
/// One settlement on an idle system, by the database's clock: from its request to COMPLETED, and from its fact, with
/// the start of its run.
/// </summary>
internal static class LatencyBench
{
    private const int WarmUp = 20;

    public static async Task<int> Run(BenchOptions options, CancellationToken cancel)
    {
        await using var installation = await BenchInstallation.Start(options, cancel);
        var (waits, wholes) = (new List<double>(), new List<double>());
        for (var n = 1; n <= options.Studies + WarmUp; n++)
        {
            var fact = BenchFacts.Study(string.Create(CultureInfo.InvariantCulture, $"L-{n:D5}"), members: 1);
            const string now = "SELECT (extract(epoch FROM clock()) * 1000000)::bigint";
            var began = await installation.Count(now, cancel);
            await installation.Intake([fact], n, cancel);
            var run = await installation.StartRun(new DateOnly(2026, 11, 1), cancel);
            var finished = $"SELECT count(*) FROM run WHERE run_id = {run} AND state = 'FINISHED'";
            while (await installation.Count(finished, cancel) == 0)
                await BenchInstallation.Pause(cancel);
            var wait = await installation.Count(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    SELECT (extract(epoch FROM s.updated_at - q.created_at) * 1000000)::bigint
                    FROM settlement s JOIN settlement_request q USING (settlement_id) WHERE s.run_id = {run}
                    """
                ),
                cancel
            );
            var ended = await installation.Count(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"SELECT (extract(epoch FROM updated_at) * 1000000)::bigint FROM settlement WHERE run_id = {run}"
                ),
                cancel
            );
            if (n <= WarmUp)
                continue;
            waits.Add(wait / 1000.0);
            wholes.Add((ended - began) / 1000.0);
        }

        BenchReport.Print(
            "latency",
            new Dictionary<string, object>
            {
                ["settlements"] = waits.Count,
                ["log"] = options.Kafka is null ? "postgres" : "kafka",
            },
            [
                new("request to completed p50", "ms", waits),
                new("request to completed p99", "ms", waits, Share: 0.99),
                new("fact to completed p50", "ms", wholes),
                new("fact to completed p99", "ms", wholes, Share: 0.99),
            ]
        );
        return 0;
    }
}
