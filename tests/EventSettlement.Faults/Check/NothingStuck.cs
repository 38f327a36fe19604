using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.World.Servers;
using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>I4: after healing and quiescence everything has come to an end that it may keep.</summary>
internal static class NothingStuck
{
    private const int Attempts = 4;

    /// <param name="needsPersons">Whether a fault explains items that only a person can decide.</param>
    public static async Task<List<Violation>> Check(Truth truth, NpgsqlDataSource database, bool needsPersons)
    {
        var failures = await Tables.Read(
            database,
            FailuresSql,
            r =>
                (
                    Run: r.GetInt64(0),
                    Failed: (Count: r.GetInt64(1), Amount: r.GetInt64(2)),
                    Alert: (Count: r.GetInt64(3), Amount: r.GetInt64(4)),
                    Open: r.GetBoolean(5)
                )
        );
        var items = truth.Items.ToLookup(i => i.Settlement);
        return
        [
            .. truth.Settlements.Values.SelectMany(s => Settlement(truth, s, items[s.Id].ToList())),
            .. Items(truth),
            .. truth
                .Items.Where(i => i.NeedsPerson && !needsPersons)
                .Take(5)
                .Select(i => new Violation(
                    "I4",
                    $"item {i.No} of {i.Settlement} waits for a person, and nothing here explains it",
                    i.ToString()
                )),
            .. truth
                .Requests.Values.Where(r => !truth.Settlements.ContainsKey(r.Id))
                .Take(5)
                .Select(r => new Violation("I4", $"{r.Id} was planned and never became a settlement", r.ToString())),
            .. truth
                .Studies.Values.Where(s => !s.Planned)
                .Take(5)
                .Select(s => new Violation("I4", $"study {s.Study} was never planned", s.ToString())),
            .. failures
                .Where(f => f.Failed != f.Alert || f.Failed.Count > 0 && !f.Open)
                .Select(f => new Violation(
                    "I4",
                    $"run {f.Run}: {f.Failed.Count} settlements are FAILED with {f.Failed.Amount} unpaid, its alert "
                        + $"({(f.Open ? "open" : "not open")}) tells {f.Alert.Count} with {f.Alert.Amount}"
                )),
        ];
    }

    private static IEnumerable<Violation> Settlement(Truth truth, SettlementRow one, List<ItemRow> items)
    {
        var history = truth.History.GetValueOrDefault(one.Id, []);
        var story = history.Select(h => h.ToString()).ToArray();
        var paid = items.Where(i => i.State == "PAID").ToList();
        if (one.Paid != paid.Count || one.PaidAmount != paid.Sum(i => i.Amount))
            yield return new Violation(
                "I4",
                $"{one.Id} counts {one.Paid} items paid with {one.PaidAmount}, they are "
                    + $"{paid.Count} with {paid.Sum(i => i.Amount)}",
                story
            );
        if (one.State == "PROCESSING" || one.Overdue || one.Cancelling || one.Held)
            yield return new Violation(
                "I4",
                $"{one.Id} is stuck in {one.State}, cancelling {one.Cancelling}, held {one.Held}",
                story
            );
        if (one.State != "FAILED")
            yield break;
        if (items.TrueForAll(i => i.State is "PAID" or "WRITTEN_OFF"))
            yield return new Violation("I4", $"{one.Id} is FAILED and all of it is settled", story);
        var open = items.Where(i => i.State is "FAILED" or "IN_DOUBT" or "PENDING" && !i.NeedsPerson).ToList();
        if (open.Count > 0 && (one.RetriesLeft > 0 || AttemptsOf(history) != Attempts))
            yield return new Violation(
                "I4",
                $"{one.Id} failed after {AttemptsOf(history)} attempts with " + $"{one.RetriesLeft} retries left",
                [.. story, .. open.Select(i => i.ToString())]
            );
        foreach (var silent in items.Where(i => i.State is "FAILED" or "REJECTED" && i.Error is null))
            yield return new Violation("I4", $"item {silent.No} of {one.Id} failed without a cause", story);
    }

    /// <summary>Since its birth, or since a person began them anew.</summary>
    private static int AttemptsOf(HistoryRow[] history)
    {
        var attempts = 0;
        foreach (var begun in history.Where(h => h is { IsMove: true, To: "PROCESSING" }))
            attempts = begun.Cause == "retry" ? 1 : attempts + 1;
        return attempts;
    }

    private static IEnumerable<Violation> Items(Truth truth)
    {
        foreach (var item in truth.Items)
        {
            var state = truth.Settlements.GetValueOrDefault(item.Settlement)?.State;
            var wrong = item.State switch
            {
                "SENDING" => true,
                "PENDING" => item.Amount == 0 || state is not (null or "PENDING" or "CANCELLED"),
                "PAID" or "WRITTEN_OFF" or "CANCELLED" => false,
                _ => state is "COMPLETED" or "CANCELLED",
            };
            if (wrong)
                yield return new Violation(
                    "I4",
                    $"item {item.No} of {item.Settlement} is {item.State}, its settlement " + $"{state}",
                    truth.Story(item.Settlement, item.No)
                );
        }
    }

    // Of runs of which any settlement ever failed: each has its alert, also when it is over.
    private const string FailuresSql = """
        SELECT s.run_id, count(*) FILTER (WHERE s.state = 'FAILED'),
            coalesce(sum(s.amount - s.paid_amount) FILTER (WHERE s.state = 'FAILED'), 0)::bigint,
            coalesce(a.count, -1), coalesce(a.amount, 0)::bigint, coalesce(a.state = 'OPEN', false)
        FROM settlement s LEFT JOIN alert a ON a.cause = 'run ' || s.run_id || ' study-refund settlement_failed'
        WHERE s.run_id IN (SELECT f.run_id FROM settlement_history h JOIN settlement f USING (settlement_id)
            WHERE h.to_state = 'FAILED' AND h.from_state <> 'FAILED')
        GROUP BY s.run_id, a.count, a.amount, a.state
        """;
}
