using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>I4: after healing and quiescence everything has come to an end that it may keep.</summary>
internal static class NothingStuck
{
    public static async Task<List<Violation>> Check(Truth truth, NpgsqlDataSource database)
    {
        var failures = await Tables.Read(database, FailuresSql, r => (Run: r.GetInt64(0), Moves: r.GetInt64(1),
            Alerts: r.GetInt64(2)));
        var items = truth.Items.ToLookup(i => i.Settlement);
        return
        [
            .. truth.Settlements.Values.SelectMany(s => Settlement(truth, s, items[s.Id].ToList())),
            .. Items(truth),
            .. truth.Requests.Values.Where(r => !truth.Settlements.ContainsKey(r.Id)).Take(5)
                .Select(r => new Violation("I4", $"{r.Id} was planned and never became a settlement", r.ToString())),
            .. truth.Studies.Values.Where(s => !s.Planned).Take(5)
                .Select(s => new Violation("I4", $"study {s.Study} was never planned", s.ToString())),
            .. failures.Where(f => f.Moves != f.Alerts).Select(f => new Violation("I4",
                $"run {f.Run}: {f.Moves} settlements failed, its alert counts {f.Alerts}")),
        ];
    }

    private static IEnumerable<Violation> Settlement(Truth truth, SettlementRow one, List<ItemRow> items)
    {
        var story = truth.History.GetValueOrDefault(one.Id, []).Select(h => h.ToString()).ToArray();
        if (one.Held)
            yield break;
        if (one.State == "PROCESSING" || one.Overdue || one.Cancelling)
            yield return new Violation("I4", $"{one.Id} is stuck in {one.State}, cancelling {one.Cancelling}", story);
        if (one.State != "FAILED")
            yield break;
        var open = items.Where(i => i.Amount > 0
            && i.State is "FAILED" or "IN_DOUBT" or "PENDING" && !i.NeedsPerson).ToList();
        if (one.RetriesLeft > 0 && open.Count > 0)
            yield return new Violation("I4", $"{one.Id} failed with {one.RetriesLeft} retries left",
                [.. story, .. open.Select(i => i.ToString())]);
        foreach (var silent in items.Where(i =>
            i.State is "FAILED" or "REJECTED" && i.Error is null))
            yield return new Violation("I4", $"item {silent.No} of {one.Id} failed without a cause", story);
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
                yield return new Violation("I4", $"item {item.No} of {item.Settlement} is {item.State}, its settlement "
                    + $"{state}", truth.Story(item.Settlement, item.No));
        }
    }

    private const string FailuresSql = """
        SELECT s.run_id, count(*), coalesce((SELECT a.count FROM alert a
            WHERE a.cause = 'run ' || s.run_id || ' study-refund settlement_failed'), 0)
        FROM settlement_history h JOIN settlement s USING (settlement_id)
        WHERE h.to_state = 'FAILED' AND h.from_state <> 'FAILED' GROUP BY s.run_id
        """;
}
