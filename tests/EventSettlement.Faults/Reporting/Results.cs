using System.Text.Json;
using EventSettlement.Faults.Running;

namespace EventSettlement.Faults.Reporting;

/// <summary>A file that the results of several calls add up in, a line a run; of a plan the last line counts.</summary>
internal static class Results
{
    public static void Add(string file, Outcome outcome) => File.AppendAllLines(file, [JsonSerializer.Serialize(new
    {
        seed = outcome.Plan.Seed, log = outcome.Plan.Log, faults = string.Join('+', outcome.Plan.Faults),
        reached = outcome.Reached, recovery = outcome.Recovery, bound = outcome.Bound,
        facts = outcome.Facts, seconds = outcome.Seconds,
        violations = outcome.Violations.Select(v => $"{v.Invariant}: {v.What}"),
    })]);

    /// <returns>What all calls so far have come to.</returns>
    public static string Sum(string file)
    {
        var runs = File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement)
            .GroupBy(run => $"{run.GetProperty("seed")} {run.GetProperty("log")} {run.GetProperty("faults")}")
            .Select(same => same.Last()).ToList();
        var violations = runs.Sum(run => run.GetProperty("violations").GetArrayLength());
        return $"{file}: runs={runs.Count} violations={violations}";
    }
}
