using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Check;

/// <summary>I1, I6: the journal of the member service against the items.</summary>
internal static class Payments
{
    /// <param name="isOver">Healed and quiet: nothing that was credited is still open.</param>
    public static IEnumerable<Violation> Check(Truth truth, bool isOver) =>
        PaidOnce(truth, isOver).Concat(Recorded(truth)).Concat(Owed(truth));

    private static IEnumerable<Violation> PaidOnce(Truth truth, bool isOver)
    {
        var items = truth.Items.ToDictionary(i => (i.Settlement, i.No));
        foreach (var credit in truth.Credits.Where(c => !items.ContainsKey((c.Settlement, c.No))))
            yield return new Violation("I1", $"a credit for no item: {credit.Key}", credit.ToString());
        foreach (var item in truth.Items)
        {
            var credits = truth.CreditsByItem[(item.Settlement, item.No)].ToList();
            var story = new Lazy<string[]>(() => truth.Story(item.Settlement, item.No));
            var name = $"{item.Settlement:D}-{item.No}";
            if (credits.Count > 1)
                yield return new Violation("I1", $"{name} was credited {credits.Count} times", story.Value);
            if (item.State == "PAID" && item.Amount > 0 && credits.Count == 0)
                yield return new Violation("I1", $"{name} is PAID and was never credited", story.Value);
            if (isOver && item.State is not ("PAID" or "WRITTEN_OFF") && credits.Count > 0 && !item.NeedsPerson)
                yield return new Violation("I1", $"{name} was credited and is {item.State}", story.Value);
            foreach (
                var credit in credits.Where(c =>
                    c.Amount != item.Amount || c.Member != item.Member || c.Currency != "KRW"
                )
            )
                yield return new Violation("I1", $"{name} owes {item.Amount} to {item.Member}", credit.ToString());
            if (item.State == "PAID" && credits.Count == 1 && credits[0].Transaction != item.Transaction)
                yield return new Violation("I1", $"{name} notes {item.Transaction}", credits[0].ToString());
        }
    }

    private static IEnumerable<Violation> Recorded(Truth truth)
    {
        foreach (var credit in truth.Credits)
        {
            var seen = truth.SeenItems[(credit.Settlement, credit.No)];
            if (!seen.Any(s => s.State == "SENDING" && s.Committed <= credit.At))
                yield return new Violation(
                    "I6",
                    $"{credit.Key} was credited before a SENDING of it was committed",
                    truth.Story(credit.Settlement, credit.No)
                );
            if (seen.Any(s => s.State == "CANCELLED" && s.Committed < credit.At))
                yield return new Violation(
                    "I6",
                    $"{credit.Key} was credited after it was cancelled",
                    truth.Story(credit.Settlement, credit.No)
                );
        }
    }

    /// <summary>What is owed, reckoned anew from the fact.</summary>
    private static IEnumerable<Violation> Owed(Truth truth)
    {
        var items = truth.Items.ToLookup(i => i.Settlement);
        foreach (var request in truth.Requests.Values)
        {
            if (!truth.Studies.TryGetValue(request.Subject, out var study))
            {
                yield return new Violation("I1", $"settlement {request.Id} stands on no study {request.Subject}");
                continue;
            }

            var owed = study
                .Members.Zip(study.Absences)
                .ToDictionary(m => m.First, m => Math.Max(0, study.Deposit - m.Second * study.Penalty));
            var planned = items[request.Id].ToDictionary(i => i.Member, i => i.Amount);
            if (owed.Count != planned.Count || owed.Any(o => planned.GetValueOrDefault(o.Key, -1) != o.Value))
                yield return new Violation(
                    "I1",
                    $"settlement {request.Id} owes other amounts than its fact says",
                    $"fact {string.Join(' ', owed)}",
                    $"items {string.Join(' ', planned)}"
                );
        }

        foreach (var twice in truth.Requests.Values.GroupBy(r => r.Subject).Where(g => g.Count() > 1))
            yield return new Violation(
                "I1",
                $"study {twice.Key} was settled {twice.Count()} times",
                [.. twice.Select(t => t.ToString())]
            );
    }
}
