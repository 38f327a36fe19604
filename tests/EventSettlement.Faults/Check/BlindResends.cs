using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Check;

/// <summary>
/// R4: what may have been credited is never sent again unless it was asked for by key in between and that was answered.
/// What two servers had both claimed before may be sent by both, as when one of them stood still; the key makes that
/// harmless. I8: nobody who was told to wait comes back sooner.
/// </summary>
internal static class BlindResends
{
    // What was known to be unpaid when it was written down.
    private static readonly string[] Unpaid = ["FAILED", "REJECTED", "PENDING"];

    public static IEnumerable<Violation> Check(Truth truth, IEnumerable<Call> calls)
    {
        foreach (var one in calls.GroupBy(c => c.Key))
        {
            var told = one.OrderBy(c => c.At).ToList();
            var sent = told.FindAll(c => c.Way == "bulk");
            foreach (var (call, again) in sent.Zip(sent.Skip(1)))
            foreach (var violation in Check(truth, told, call, again))
                yield return violation;
        }
    }

    private static IEnumerable<Violation> Check(Truth truth, List<Call> told, Call call, Call again)
    {
        var between = told.FindAll(c => c.At > call.At && c.At < again.At);
        var answer = between.Find(c => c.By == call.By && c.Answers == "bulk");
        if (
            answer is { Status: 429 or 503, Wait: { } wait }
            && again.By == call.By
            && again.At - answer.At < TimeSpan.FromSeconds(wait)
        )
            yield return new Violation(
                "I8",
                $"{call.Key} was sent again {(again.At - answer.At).TotalSeconds:F3} s "
                    + $"after {answer.Status} with Retry-After: {wait}",
                Story(told)
            );
        if (
            answer is { Status: (>= 300 and < 500) or 503 }
            || between.Exists(c => c is { Answers: "lookup", Status: 200 })
        )
            yield break;
        var seen = truth
            .SeenItems[(call.Settlement, call.No)]
            .Where(s => s.Committed > call.At && s.Committed < again.At)
            .ToList();
        var bothHadClaimed = again.By != call.By && !seen.Exists(s => s.State == "SENDING");
        if (!bothHadClaimed && !seen.Exists(s => Unpaid.Contains(s.State)))
            yield return new Violation(
                "R4",
                $"{call.Key} was sent again blindly",
                [.. Story(told), .. truth.Story(call.Settlement, call.No)]
            );
    }

    private static string[] Story(List<Call> told) => [.. told.Select(c => c.ToString())];
}
