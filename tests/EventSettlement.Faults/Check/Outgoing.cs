using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>I9 and I3 of what leaves: the outbox is empty and every move was told to the world, by its id.</summary>
internal static class Outgoing
{
    private const string LogSql = """
        SELECT e.headers FROM event_log e JOIN log_topic t USING (topic_id) WHERE t.topic = 'settlement-events'
        """;

    public static async Task<List<Violation>> Check(Truth truth, NpgsqlDataSource database, IEnumerable<string>? told)
    {
        var left = await Tables.Read(database, "SELECT topic, count(*) FROM outbox GROUP BY topic",
            r => new Violation("I9", $"{r.GetInt64(1)} messages for {r.GetString(0)} are still in the outbox"));
        var timers = await Tables.Read(database, "SELECT topic, msg_key, due_at FROM scheduled_message "
            + "WHERE due_at < clock() - interval '5 seconds' LIMIT 5", r => new Violation("I4",
            $"a timer for {r.GetString(0)} {r.Text(1)} was due at {r.GetDateTime(2):HH:mm:ss}"));
        told ??= (await Tables.Read(database, LogSql, r => r.GetString(0))).Select(IdOf);
        var ids = told.ToHashSet();
        var moves = truth.History.Values.SelectMany(h => h).Where(h => h.From != h.To).ToList();
        return
        [
            .. left, .. timers,
            .. moves.Where(m => !ids.Contains($"{m.Settlement:D}-{m.Seq}")).Take(5).Select(m => new Violation("I3",
                $"the world was never told of {m.Settlement:D}-{m.Seq}", m.ToString())),
        ];
    }

    /// <summary>One <c>name TAB value</c> a line.</summary>
    private static string IdOf(string headers) => headers.Split('\n')
        .Where(l => l.StartsWith("ce_id\t", StringComparison.Ordinal)).Select(l => l[6..]).FirstOrDefault("");
}
