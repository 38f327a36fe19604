using System.Text.Json;
using EventSettlement.Faults.Running;

namespace EventSettlement.Faults.Reporting;

/// <summary>A file that the results of several calls add up in; one line a run, the last of a seed counts.</summary>
internal static class Results
{
    public static void Merge(string file, IEnumerable<Outcome> outcomes)
    {
        var runs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (File.Exists(file))
            foreach (var line in File.ReadLines(file))
                runs[NameOf(line)] = line;
        foreach (var outcome in outcomes)
        {
            var line = JsonSerializer.Serialize(new
            {
                seed = outcome.Plan.Seed, log = outcome.Plan.Log, faults = string.Join('+', outcome.Plan.Faults),
                reached = outcome.Reached, recovery = outcome.Recovery, bound = outcome.Bound,
                facts = outcome.Facts, seconds = outcome.Seconds,
                violations = outcome.Violations.Select(v => $"{v.Invariant}: {v.What}"),
            });
            runs[NameOf(line)] = line;
        }

        File.WriteAllLines(file, runs.Values);
        var violations = runs.Values.Sum(l => JsonDocument.Parse(l).RootElement.GetProperty("violations")
            .GetArrayLength());
        Console.WriteLine($"{file}: runs={runs.Count} violations={violations}");
    }

    private static string NameOf(string line)
    {
        var run = JsonDocument.Parse(line).RootElement;
        return $"{run.GetProperty("seed").GetInt32():D8} {run.GetProperty("log")} {run.GetProperty("faults")}";
    }
}
