using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>I9 and I3 of what leaves: the outbox is empty and every move was told to the world, by its id.</summary>
internal static class Outgoing
{
    public static async Task<List<Violation>> Check(
        Truth truth, NpgsqlDataSource database, IEnumerable<LogMessage> log)
    {
        var left = await Tables.Read(database, "SELECT topic, count(*) FROM outbox GROUP BY topic",
            r => new Violation("I9", $"{r.GetInt64(1)} messages for {r.GetString(0)} are still in the outbox"));
        var timers = await Tables.Read(database, "SELECT topic, msg_key, due_at FROM scheduled_message "
            + "WHERE due_at < clock() - interval '5 seconds' LIMIT 5", r => new Violation("I4",
            $"a timer for {r.GetString(0)} {r.Text(1)} was due at {r.GetDateTime(2):HH:mm:ss}"));
        var ids = log.Where(m => m.Topic == "settlement-events").Select(m => m.Headers.GetValueOrDefault("ce_id"))
            .ToHashSet();
        var moves = truth.History.Values.SelectMany(h => h).Where(h => h.From != h.To).ToList();
        return
        [
            .. left, .. timers,
            .. moves.Where(m => !ids.Contains($"{m.Settlement:D}-{m.Seq}")).Take(5).Select(m => new Violation("I3",
                $"the world was never told of {m.Settlement:D}-{m.Seq}", m.ToString())),
        ];
    }
}
