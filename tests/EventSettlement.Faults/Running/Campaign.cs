using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EventSettlement.Faults.Reporting;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Running;

/// <summary>Runs seed after seed, two side by side, and says what came of each.</summary>
internal sealed class Campaign(Options options, string root)
{
    private readonly ConcurrentQueue<Plan> _plans = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<Outcome> _outcomes = [];
    private readonly Runner _runner = new(new Template(Path.Combine(root, "template")), options.Keep);

    /// <returns>The exit code: 1 where anything was violated or too little was run.</returns>
    public async Task<int> Execute(IReadOnlyList<Plan> plans)
    {
        // As it is now: files may change while the runs go on.
        _ = Commit.Here;
        foreach (var plan in plans)
            _plans.Enqueue(plan);
        if (plans.Count > 0)
            await _runner.Prepare();
        await Task.WhenAll(Enumerable.Range(0, options.Side).Select(_ => Task.Run(Work)));
        foreach (var line in Summary.Of(_outcomes, _runner.Retried))
            Console.WriteLine(line);
        if (_outcomes.Count(o => PlanMaker.LacksKafka(o.Plan.Seed, options)) is > 0 and var lacking)
            Console.WriteLine($"Kafka is not here: {lacking} runs that would be Kafka's were PostgreSQL's");
        if (options.Results is { } sum && File.Exists(sum))
            foreach (var line in Results.Sum(sum))
                Console.WriteLine(line);
        var enough = Enough.Of(_outcomes, options.AtLeast);
        if (enough.Line is { } told)
            Console.WriteLine(told);
        return _outcomes.Any(o => o.Violations.Count > 0) || !enough.Holds ? 1 : 0;
    }

    private async Task Work()
    {
        while (_clock.Elapsed.TotalMinutes < options.Minutes && _plans.TryDequeue(out var plan))
        {
            var folder = Path.Combine(root, $"seed-{plan.Seed}-{plan.Log}-{string.Join('+', plan.Faults)}");
            var outcome = await _runner.Lead(plan, folder);
            lock (_outcomes)
            {
                _outcomes.Add(outcome);
                Tell(outcome, folder);

                // A planted bug is no result of the product's.
                if (options.Results is { } file && plan.Bug is null)
                    Results.Add(file, outcome);
            }

            RunFolder.End(folder, outcome.Violations.Count > 0 || options.Keep);
        }
    }

    private void Tell(Outcome outcome, string folder)
    {
        var plan = outcome.Plan;
        var recovery = outcome.Recovery is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s:F1} s") : "none";
        var verdict =
            outcome.Violations.Count > 0 ? $"{outcome.Violations.Count} VIOLATIONS"
            : outcome.Reached ? "ok"
            : "ok, moment not reached";
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {plan.Seed} {plan.Log} {string.Join('+', plan.Faults)}: {outcome.Facts} facts, "
                    + $"recovery {recovery} "
                    + $"(bound {outcome.Bound:F0}), {outcome.Seconds:F0} s, {verdict}"
            )
        );
        foreach (var violation in outcome.Violations.Take(5))
            Console.WriteLine("    " + violation);
        if (outcome.Violations.Count > 0)
            Console.WriteLine($"    kept in {folder}; again with ./test --faults --replay {folder}");
        else if (options.Keep)
            Console.WriteLine($"    kept in {folder}");
        if (options.Replay is { } kept)
            Console.WriteLine(
                outcome.Violations.Count > 0
                    ? $"    it fails again; {kept} is left as it was"
                    : $"    this time it passes; {kept} is left as it was"
            );
    }
}
