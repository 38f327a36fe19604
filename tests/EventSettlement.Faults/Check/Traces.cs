using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Check;

/// <summary>
/// I15: one trace leads through all messages of a settlement, from its first handling to its last event.
/// </summary>
internal static class Traces
{
    private const double Joined = 0.999;

    public static IEnumerable<Violation> Check(
        Truth truth,
        IEnumerable<LogMessage> log,
        IReadOnlySet<Guid> touchedByHand
    )
    {
        // What the request came with, if anything, is its planner's; what hands do has a trace of their own.
        var traces = log.Where(m => m.Headers.GetValueOrDefault("MT-Message-Type") != "SettlementRequested")
            .ToLookup(m => m.Key, m => m.Headers.GetValueOrDefault("traceparent")?.Split('-').ElementAtOrDefault(1));
        var completed = truth
            .Settlements.Values.Where(s => s.State == "COMPLETED" && !touchedByHand.Contains(s.Id))
            .Select(s => (s.Id, Traces: traces[s.Id.ToString("D")].Distinct().ToList()))
            .ToList();
        var apart = completed.Where(c => c.Traces.Count != 1 || c.Traces[0] is null).ToList();
        if (apart.Count > (1 - Joined) * completed.Count)
            yield return new Violation(
                "I15",
                $"{apart.Count} of {completed.Count} COMPLETED settlements have not one " + "trace",
                [.. apart.Take(3).Select(a => $"{a.Id:D}: {string.Join(", ", a.Traces.Select(t => t ?? "none"))}")]
            );
    }
}
