using System.Globalization;
using EventSettlement.Faults.Injection;
using EventSettlement.Faults.Running;
using EventSettlement.Faults.Running.Asked;

namespace EventSettlement.Faults.Reporting;

/// <summary>The last lines of a campaign.</summary>
internal static class Summary
{
    /// <param name="retried">How often something could not be started at first.</param>
    public static IEnumerable<string> Of(IReadOnlyList<Outcome> outcomes, int retried = 0)
    {
        foreach (
            var fault in outcomes
                .SelectMany(o => o.Plan.Faults.Select(f => (Fault: f, Outcome: o)))
                .GroupBy(f => f.Fault)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            var times = fault.Select(f => f.Outcome.Recovery).OfType<double>().Order().ToArray();

            // A file of results may name a fault that is no longer there.
            var bound =
                FaultList.All.FirstOrDefault(f => f.Name == fault.Key)?.RecoveryBound
                ?? fault.Min(f => f.Outcome.Bound);
            var told =
                times.Length == 0
                    ? ""
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $", recovery median {times[times.Length / 2]:F1} s, worst {times[^1]:F1} s, bound {bound:F0} s"
                    );
            yield return $"  {fault.Key}: {fault.Count()} runs{told}";
        }

        foreach (var skipped in FaultList.All.Where(f => f.Missing is not null))
            yield return $"  skipped {skipped.Name}: {skipped.Missing}";
        yield return $"runs={outcomes.Count} faults={outcomes.Where(o => o.Reached).Sum(o => o.Plan.Faults.Count(
            f => f != "none"))} skipped={FaultList.All.Count(f => f.Missing is not null)} "
            + $"unreached={outcomes.Count(o => !o.Reached)} "
            + (retried > 0 ? $"retried={retried} " : "")
            + $"violations={outcomes.Sum(o => o.Violations.Count)}";
    }
}
