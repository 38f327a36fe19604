using EventSettlement.Faults.Check.Known;
using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>I16 and R1: effects and offset move together, never one alone. Also asked during the run.</summary>
internal static class Offsets
{
    private const string AheadSql = """
        SELECT s.study_id, s.fact_partition, s.fact_offset, coalesce(c.next_offset, 0) FROM study s
        LEFT JOIN consumer_offset c ON c.group_id = 'study-intake' AND c.topic = s.fact_topic
            AND c.partition = s.fact_partition
        WHERE s.fact_offset >= coalesce(c.next_offset, 0)
          AND NOT EXISTS (SELECT FROM witness.log_made_anew m WHERE m.topic = s.fact_topic AND s.received_at < m.at)
        LIMIT 3
        """;

    // Repeats of a study leave no trace, so only records whose study is nowhere count as lost.
    private const string BehindSql = """
        SELECT e.partition, e."offset", convert_from(e.body, 'SQL_ASCII') FROM event_log e
        JOIN log_topic t USING (topic_id)
        JOIN consumer_offset c ON c.group_id = 'study-intake' AND c.topic = t.topic AND c.partition = e.partition
        WHERE t.topic = 'study-completed' AND e."offset" < c.next_offset
          AND NOT EXISTS (SELECT 1 FROM parked_message p WHERE p.topic = t.topic AND p.partition = e.partition
              AND p."offset" = e."offset")
          AND NOT EXISTS (SELECT 1 FROM study s WHERE s.study_id = convert_from(e.msg_key, 'SQL_ASCII')) LIMIT 3
        """;

    private const string UnreadSql = """
        SELECT c.group_id, t.topic, h.partition, h.next_offset, c.next_offset, c.stopped FROM log_head h
        JOIN log_topic t USING (topic_id) JOIN consumer_offset c ON c.topic = t.topic AND c.partition = h.partition
        WHERE c.next_offset <> h.next_offset OR c.stopped IS NOT NULL
        """;

    private const string StoppedSql =
        "SELECT group_id, topic, partition, stopped FROM consumer_offset WHERE stopped IS NOT NULL";

    private const string TurnedBackSql =
        "SELECT group_id, topic, partition, was, now_at, epoch, at::text FROM witness.turned_back ORDER BY at LIMIT 3";

    public static async Task<List<Violation>> Sample(NpgsqlDataSource database)
    {
        var ahead = await Tables.Read(
            database,
            AheadSql,
            r => new Violation(
                "I16",
                $"study {r.GetString(0)} of partition {r.GetInt32(1)} offset {r.GetInt64(2)} has its effect, "
                    + "the offset "
                    + $"stands at {r.GetInt64(3)}"
            )
        );
        var behind = await Tables.Read(
            database,
            BehindSql,
            r => new Violation(
                "I16",
                $"partition {r.GetInt32(0)} offset {r.GetInt64(1)} was passed and has no effect",
                r.GetString(2)
            )
        );
        return [.. ahead, .. behind];
    }

    public static async Task<List<Violation>> AtTheEnd(NpgsqlDataSource database)
    {
        var unread = await Tables.Read(
            database,
            UnreadSql,
            r => new Violation(
                "I4",
                $"{r.GetString(0)} {r.GetString(1)}-{r.GetInt32(2)} ends at {r.GetInt64(3)} and was read to "
                    + $"{r.GetInt64(4)} {r.Text(5)}"
            )
        );
        var stopped = await Tables.Read(
            database,
            StoppedSql,
            r => new Violation("I4", $"{r.GetString(0)} {r.GetString(1)}-{r.GetInt32(2)} was stopped: {r.GetString(3)}")
        );
        var back = await Tables.Read(
            database,
            TurnedBackSql,
            r => new Violation(
                "I16",
                $"{r.GetString(0)} {r.GetString(1)}-{r.GetInt32(2)} was moved back "
                    + $"from {r.GetInt64(3)} to {r.GetInt64(4)} "
                    + $"under epoch {r.GetInt64(5)} at {r.GetString(6)}: the fence did not hold"
            )
        );
        return [.. unread, .. stopped, .. back];
    }

    /// <summary>Kafka's own offsets, as its tools print them, may lag behind ours and never lead.</summary>
    public static async Task<List<Violation>> Kafka(NpgsqlDataSource database, string described)
    {
        var ours = (
            await Tables.Read(
                database,
                "SELECT group_id, topic, partition, next_offset FROM consumer_offset",
                r => (Key: (r.GetString(0), r.GetString(1), r.GetInt32(2)), Next: r.GetInt64(3))
            )
        ).ToDictionary(o => o.Key, o => o.Next);
        return
        [
            .. described
                .Split('\n')
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(w => w.Length > 4 && int.TryParse(w[2], out _) && long.TryParse(w[3], out _))
                .Select(w => (Key: (w[0], w[1], int.Parse(w[2], null)), Told: long.Parse(w[3], null)))
                .Where(w => w.Told > ours.GetValueOrDefault(w.Key))
                .Select(w => new Violation(
                    "I16",
                    $"{w.Key} is committed in Kafka at {w.Told}, ours is " + $"{ours.GetValueOrDefault(w.Key)}"
                )),
        ];
    }
}
