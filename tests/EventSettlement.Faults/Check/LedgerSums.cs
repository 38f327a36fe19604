using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Check;

/// <summary>I2: every transaction sums to zero, and the balances are what items and facts say.</summary>
internal static class LedgerSums
{
    public static IEnumerable<Violation> Check(Truth truth)
    {
        foreach (var group in truth.Postings.SelectMany(p => p).GroupBy(p => (p.Transaction, p.Currency)))
            if (group.Sum(p => p.Amount) != 0)
                yield return new Violation(
                    "I2",
                    $"ledger transaction {group.Key.Transaction} does not sum to zero",
                    [.. group.Select(p => p.ToString())]
                );
        var items = truth.Items.ToLookup(i => i.Settlement);
        foreach (var request in truth.Requests.Values)
        {
            var postings = truth.Postings[request.Id].ToList();
            var owed = items[request.Id].Sum(i => i.Amount);
            if (
                request.Amount != owed
                || (
                    truth.Studies.GetValueOrDefault(request.Subject) is { } study
                    && request.Kept != study.Deposit * study.Members.Length - owed
                )
            )
                yield return new Violation(
                    "I2",
                    $"settlement {request.Id} was requested over {request.Amount} and "
                        + $"{request.Kept} kept; its items and its fact say otherwise",
                    $"items {owed}",
                    $"{truth.Studies.GetValueOrDefault(request.Subject)}"
                );
            foreach (
                var twice in postings
                    .GroupBy(p => (p.Kind, p.Reference))
                    .Where(g => g.Select(p => p.Transaction).Distinct().Count() > 1)
            )
                yield return new Violation(
                    "I2",
                    $"{twice.Key.Kind} {twice.Key.Reference} was posted more than once",
                    [.. twice.Select(p => p.ToString())]
                );
            foreach (var (account, expected) in Expected(request, items[request.Id].ToList()))
            {
                var balance = postings
                    .Where(p => p.Account.EndsWith(account, StringComparison.Ordinal))
                    .Sum(p => p.Amount);
                if (balance != expected)
                    yield return new Violation(
                        "I2",
                        $"settlement {request.Id}: {account} is {balance}, items and facts say {expected}",
                        [
                            .. postings.Select(p => p.ToString()),
                            .. items[request.Id].Select(i => $"item {i.No} {i.State} {i.Amount}"),
                        ]
                    );
            }
        }
    }

    private static IEnumerable<(string Account, long Expected)> Expected(RequestRow request, List<ItemRow> items)
    {
        long Sum(params string[] states) => items.Where(i => states.Contains(i.State)).Sum(i => i.Amount);
        var cancelled = items.Count > 0 && items.All(i => i.State == "CANCELLED");
        var kept = cancelled ? 0 : request.Kept;
        yield return (":clearing-member", Sum("PAID"));
        yield return (":payable", request.Amount - Sum("PAID", "CANCELLED", "WRITTEN_OFF"));
        yield return (":forfeited-income", kept);
        yield return (":deposits-held", cancelled ? 0 : Sum("WRITTEN_OFF") - request.Amount - request.Kept);
    }
}
