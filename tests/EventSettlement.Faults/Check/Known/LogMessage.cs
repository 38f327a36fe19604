using Npgsql;

namespace EventSettlement.Faults.Check.Known;

/// <summary>What stands on a topic that the product writes, without its body, in the order of its partition.</summary>
internal sealed record LogMessage(string Topic, string Key, IReadOnlyDictionary<string, string> Headers)
{
    private const string Sql = """
        SELECT t.topic, convert_from(e.msg_key, 'UTF8'), e.headers FROM event_log e JOIN log_topic t USING (topic_id)
        WHERE t.topic <> 'study-completed' AND e.msg_key IS NOT NULL ORDER BY e.topic_id, e.partition, e."offset"
        """;

    /// <summary>Of the log in the database: one <c>name TAB value</c> a line.</summary>
    public static Task<List<LogMessage>> Read(NpgsqlDataSource database) =>
        Tables.Read(database, Sql, r => Of(r.GetString(0), r.GetString(1), r.GetString(2), '\n', '\t'));

    public static LogMessage Of(string topic, string key, string headers, char between, char equals) =>
        new(
            topic,
            key,
            headers
                .Split(between)
                .Select(h => h.Split(equals, 2))
                .Where(h => h.Length == 2)
                .GroupBy(h => h[0])
                .ToDictionary(g => g.Key, g => g.First()[1])
        );
}
