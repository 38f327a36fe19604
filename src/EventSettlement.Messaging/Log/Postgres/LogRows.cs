using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Log.Postgres;

/// <summary>
/// Reads the next records of several partitions in one round trip, bounded in rows and bytes for each.
/// </summary>
internal static class LogRows
{
    private const int RowsAtOnce = 500;
    private const long BytesAtOnce = 4 << 20;

    private const string Next = """
        SELECT w.i, e."offset", e.msg_key, e.headers, e.body, e.appended_at
        FROM unnest($1, $2, $3, $4) AS w(i, topic_id, partition, start)
        CROSS JOIN LATERAL (
            SELECT *, sum(coalesce(octet_length(n.body), 0) + octet_length(n.headers)) OVER (ORDER BY n."offset")
                      - coalesce(octet_length(n.body), 0) - octet_length(n.headers) AS before
            FROM (SELECT * FROM event_log l
                  WHERE l.topic_id = w.topic_id AND l.partition = w.partition AND l."offset" >= w.start
                  ORDER BY l."offset" LIMIT $5) n
            ORDER BY n."offset") e
        WHERE e.before < $6
        """;

    public static async Task<List<LogRecord>[]> ReadNext(
        NpgsqlDataSource database,
        IReadOnlyList<(TopicPartition Source, int TopicId, long From)> wanted,
        CancellationToken cancel
    )
    {
        await using var command = database.CreateCommand(Next);
        Ints(command, Enumerable.Range(0, wanted.Count));
        Ints(command, wanted.Select(one => one.TopicId));
        Ints(command, wanted.Select(one => one.Source.Partition));
        command.Parameters.Add(
            new()
            {
                Value = wanted.Select(one => one.From).ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
            }
        );
        command.Parameters.Add(new() { Value = RowsAtOnce });
        command.Parameters.Add(new() { Value = BytesAtOnce });
        var found = new List<LogRecord>[wanted.Count];
        for (var i = 0; i < found.Length; i++)
            found[i] = [];
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var i = row.GetInt32(0);
            found[i].Add(ToRecord(row, 2, wanted[i].Source, row.GetInt64(1)));
        }

        return found;
    }

    public static LogRecord ToRecord(NpgsqlDataReader row, int at, TopicPartition source, long offset) =>
        new(
            source,
            offset,
            row.IsDBNull(at) ? null : row.GetFieldValue<byte[]>(at),
            row.IsDBNull(at + 2) ? null : row.GetFieldValue<byte[]>(at + 2),
            new HeaderMap(row.GetString(at + 1)),
            row.GetDateTime(at + 3)
        );

    private static void Ints(NpgsqlCommand command, IEnumerable<int> values) =>
        command.Parameters.Add(
            new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer }
        );
}
