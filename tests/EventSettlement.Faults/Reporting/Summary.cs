using System.Globalization;
using EventSettlement.Faults.Injection;
using EventSettlement.Faults.Running;

namespace EventSettlement.Faults.Reporting;

/// <summary>The last lines of a campaign.</summary>
internal static class Summary
{
    public static IEnumerable<string> Of(IReadOnlyList<Outcome> outcomes)
    {
        foreach (var fault in outcomes.SelectMany(o => o.Plan.Faults.Select(f => (Fault: f, Outcome: o)))
            .GroupBy(f => f.Fault).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var times = fault.Select(f => f.Outcome.Recovery).OfType<double>().Order().ToArray();
            var told = times.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
                $", recovery median {times[times.Length / 2]:F1} s, worst {times[^1]:F1} s, bound "
                + $"{FaultList.Find(fault.Key).RecoveryBound:F0} s");
            yield return $"  {fault.Key}: {fault.Count()} runs{told}";
        }

        foreach (var skipped in FaultList.All.Where(f => f.Missing is not null))
            yield return $"  skipped {skipped.Name}: {skipped.Missing}";
        yield return $"runs={outcomes.Count} faults={outcomes.Where(o => o.Reached).Sum(o => o.Plan.Faults.Count(
            f => f != "none"))} skipped={FaultList.All.Count(f => f.Missing is not null)} "
            + $"unreached={outcomes.Count(o => !o.Reached)} violations={outcomes.Sum(o => o.Violations.Count)}";
    }
}
