using EventSettlement.Faults.Check.Known;
using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>
/// I9 and I3 of what leaves: the outbox is empty, and every move was told to the world by its id, in order, and nothing
/// that did not happen.
/// </summary>
internal static class Outgoing
{
    public static async Task<List<Violation>> Check(Truth truth, NpgsqlDataSource database, IEnumerable<LogMessage> log)
    {
        var left = await Tables.Read(
            database,
            "SELECT topic, count(*) FROM outbox GROUP BY topic",
            r => new Violation("I9", $"{r.GetInt64(1)} messages for {r.GetString(0)} are still in the outbox")
        );
        var timers = await Tables.Read(
            database,
            "SELECT topic, msg_key, due_at FROM scheduled_message "
                + "WHERE due_at < clock() - interval '5 seconds' LIMIT 5",
            r => new Violation("I4", $"a timer for {r.GetString(0)} {r.Text(1)} was due at {r.GetDateTime(2):HH:mm:ss}")
        );
        var told = log.Where(m => m.Topic == "settlement-events")
            .Select(m => m.Headers.GetValueOrDefault("ce_id") ?? "")
            .ToList();
        var ids = told.ToHashSet();
        var moves = truth
            .History.Values.SelectMany(h => h)
            .Where(h => h.IsMove)
            .ToDictionary(h => $"{h.Settlement:D}-{h.Seq}");
        return
        [
            .. left,
            .. timers,
            .. moves
                .Where(m => !ids.Contains(m.Key))
                .Take(5)
                .Select(m => new Violation("I3", $"the world was never told of {m.Key}", m.Value.ToString())),
            .. ids.Where(id => !moves.ContainsKey(id))
                .Take(5)
                .Select(id => new Violation("I3", $"the world was told of {id}, which never happened")),
            .. OutOfOrder(told.Where(moves.ContainsKey).Select(id => moves[id])).Take(5),
        ];
    }

    /// <summary>An event may come twice, but none before one that is older.</summary>
    private static IEnumerable<Violation> OutOfOrder(IEnumerable<HistoryRow> told)
    {
        foreach (var settlement in told.GroupBy(m => m.Settlement))
        {
            var first = settlement.Select(m => m.Seq).Distinct().ToList();
            if (!first.SequenceEqual(first.Order()))
                yield return new Violation(
                    "I9",
                    $"the world was told of {settlement.Key:D} in the order " + string.Join(", ", first)
                );
        }
    }
}
