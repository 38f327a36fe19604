using EventSettlement.Faults.Running;
using EventSettlement.Faults.Running.Asked;

namespace EventSettlement.Faults.Reporting;

/// <summary>Whether as many runs came to their end as were asked for, on both logs: few runs prove little.</summary>
internal static class Enough
{
    private static readonly string[] Logs = ["postgres", "kafka"];

    /// <param name="atLeast">0: nothing is asked for.</param>
    public static (bool Holds, string? Line) Of(IReadOnlyList<Outcome> outcomes, int atLeast)
    {
        if (atLeast == 0)
            return (true, null);
        var counts = Logs.Select(log => (Log: log, Runs: outcomes.Count(o => o.Plan.Log == log))).ToArray();
        var holds = outcomes.Count >= atLeast && counts.All(c => c.Runs > 0);
        return (
            holds,
            $"{(holds ? "enough" : "TOO FEW")}: {outcomes.Count} runs of at least {atLeast} came to their "
                + $"end, {string.Join(", ", counts.Select(c => $"{c.Runs} with {c.Log}"))}"
        );
    }
}
