using System.Text.Json;
using EventSettlement.Faults.Check;
using EventSettlement.Faults.Running;
using EventSettlement.Faults.Running.Asked;

namespace EventSettlement.Faults.Reporting;

/// <summary>
/// A file that the results of several calls add up in, a line a run. The same plan at another commit is another run;
/// at one commit it counts once, and a violation of it stays whatever a later try says.
/// </summary>
internal static class Results
{
    public static void Add(string file, Outcome outcome) =>
        File.AppendAllLines(
            file,
            [
                JsonSerializer.Serialize(
                    new
                    {
                        commit = Commit.Here,
                        at = DateTime.UtcNow,
                        seed = outcome.Plan.Seed,
                        log = outcome.Plan.Log,
                        faults = string.Join('+', outcome.Plan.Faults),
                        reached = outcome.Reached,
                        recovery = outcome.Recovery,
                        bound = outcome.Bound,
                        facts = outcome.Facts,
                        seconds = outcome.Seconds,
                        violations = outcome.Violations.Select(v => $"{v.Invariant}: {v.What}"),
                    }
                ),
            ]
        );

    /// <returns>What all calls so far have come to, as the lines of one.</returns>
    public static IEnumerable<string> Sum(string file)
    {
        var runs = File.ReadLines(file)
            .Where(line => line.Length > 0)
            .Select(Read)
            .GroupBy(run =>
                (
                    run.Commit,
                    run.Outcome.Plan.Seed,
                    run.Outcome.Plan.Log,
                    Faults: string.Join('+', run.Outcome.Plan.Faults)
                )
            )
            .Select(same => same.Select(run => run.Outcome).ToList())
            .Select(tries => tries.FindLast(o => o.Violations.Count > 0) ?? tries[^1])
            .ToList();
        var lines = Summary.Of(runs).ToList();
        return [$"all runs in {file}:", .. lines[..^1], $"{file}: {lines[^1]}"];
    }

    /// <summary>Lines that were written before the commit was told are of none.</summary>
    private static (string? Commit, Outcome Outcome) Read(string line)
    {
        var run = JsonDocument.Parse(line).RootElement;
        var plan = new Plan
        {
            Seed = run.GetProperty("seed").GetInt32(),
            Log = run.GetProperty("log").GetString()!,
            Faults = run.GetProperty("faults").GetString()!.Split('+'),
        };
        var violations = run.GetProperty("violations")
            .EnumerateArray()
            .Select(v => v.GetString()!.Split(": ", 2))
            .Select(v => new Violation(v[0], v[^1]))
            .ToList();
        var recovery = run.GetProperty("recovery");
        return (
            run.TryGetProperty("commit", out var commit) ? commit.GetString() : null,
            new Outcome(
                plan,
                violations,
                run.GetProperty("reached").GetBoolean(),
                recovery.ValueKind == JsonValueKind.Null ? null : recovery.GetDouble(),
                run.GetProperty("bound").GetDouble(),
                run.GetProperty("facts").GetInt32(),
                run.GetProperty("seconds").GetDouble()
            )
        );
    }
}
