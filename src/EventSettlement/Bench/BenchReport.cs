using System.Globalization;
using System.Text.Json;

namespace EventSettlement.Bench;

/// <summary>Prints what was measured: a table for people, then one JSON line for programs.</summary>
internal static class BenchReport
{
    public static void Print(
        string bench,
        IReadOnlyDictionary<string, object> conditions,
        IReadOnlyList<Measure> measures
    )
    {
        var width = measures.Max(m => m.Name.Length);
        foreach (var measure in measures)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{measure.Name.PadRight(width)}  {measure.Value, 12:N1} {measure.Unit}  "
                        + $"(of {measure.Values.Count}: {measure.Values.Min():N1} to {measure.Values.Max():N1})"
                )
            );
        var line = new Dictionary<string, object>(conditions) { ["bench"] = bench };
        foreach (var measure in measures)
            line[measure.Name.Replace(' ', '_')] = Math.Round(measure.Value, 2);
        Console.WriteLine(JsonSerializer.Serialize(line));
    }

    /// <summary>One figure over the counted rounds.</summary>
    /// <param name="Share">Which percentile of them it is; the median when not told.</param>
    public sealed record Measure(string Name, string Unit, IReadOnlyList<double> Values, double Share = 0.5)
    {
        public double Value => Percentile(Values, Share);
    }

    public static double Percentile(IReadOnlyList<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
