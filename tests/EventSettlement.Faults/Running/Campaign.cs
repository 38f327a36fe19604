using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EventSettlement.Faults.Injection;
using EventSettlement.Faults.Reporting;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running;

/// <summary>Runs seed after seed, two side by side, and says what came of each.</summary>
internal sealed class Campaign(Options options, string root)
{
    private readonly ConcurrentQueue<Plan> _plans = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<Outcome> _outcomes = [];
    private readonly Template _template = new(Path.Combine(root, "template"));

    /// <returns>The exit code: 1 where anything was violated.</returns>
    public async Task<int> Execute(IEnumerable<Plan> plans)
    {
        foreach (var plan in plans)
            _plans.Enqueue(plan);
        await _template.Make();
        await Task.WhenAll(Enumerable.Range(0, options.Side).Select(_ => Task.Run(Work)));
        foreach (var line in Summary.Of(_outcomes))
            Console.WriteLine(line);
        if (options.Results is { } sum)
            Console.WriteLine(Results.Sum(sum));
        return _outcomes.Any(o => o.Violations.Count > 0) ? 1 : 0;
    }

    private async Task Work()
    {
        while (_clock.Elapsed.TotalMinutes < options.Minutes && _plans.TryDequeue(out var plan))
        {
            var folder = Path.Combine(root, $"seed-{plan.Seed}-{plan.Log}-{string.Join('+', plan.Faults)}");
            var outcome = await Fresh(plan, folder);

            // What could not even be started says nothing about the product; twice, it is told as a failure.
            if (outcome.Violations is [{ Invariant: "harness" }])
                outcome = await Fresh(plan, folder);
            lock (_outcomes)
            {
                _outcomes.Add(outcome);
                Tell(outcome, folder);
                if (options.Results is { } file)
                    Results.Add(file, outcome);
            }

            if (outcome.Violations.Count > 0 || options.Keep)
                Evidence.Shrink(folder);
            else
                Directory.Delete(folder, recursive: true);
        }
    }

    private Task<Outcome> Fresh(Plan plan, string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return new Run(plan, folder, _template).Execute();
    }

    private static void Tell(Outcome outcome, string folder)
    {
        var plan = outcome.Plan;
        var recovery = outcome.Recovery is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s:F1} s") : "none";
        var verdict = outcome.Violations.Count > 0 ? $"{outcome.Violations.Count} VIOLATIONS"
            : outcome.Reached ? "ok" : "ok, moment not reached";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {plan.Seed} {plan.Log} {string.Join('+', plan.Faults)}: {outcome.Facts} facts, recovery {recovery} "
            + $"(bound {outcome.Bound:F0}), {outcome.Seconds:F0} s, {verdict}"));
        foreach (var violation in outcome.Violations.Take(5))
            Console.WriteLine("    " + violation);
        if (outcome.Violations.Count > 0)
            Console.WriteLine($"    kept in {folder}; again with ./test --faults --replay {folder}");
    }
}
