using EventSettlement.Messaging.Log;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>
/// Appends to the PostgreSQL log inside the caller's transaction. Heads are locked in (topic, partition) order and held
/// until COMMIT, so offsets have no gaps and stand in commit order, and two appenders cannot wait for each other.
/// </summary>
public sealed class PostgresLogWriter(LogTopics topics, Wakeup wakeup) : IOutgoingWriter
{
    private const string LockHeads = """
        SELECT 1 FROM log_head h JOIN unnest($1, $2) AS w(topic_id, partition) USING (topic_id, partition)
        ORDER BY h.topic_id, h.partition FOR UPDATE OF h
        """;

    private const string MoveHeads = """
        UPDATE log_head h SET next_offset = h.next_offset + w.rows
        FROM unnest($1, $2, $3) AS w(topic_id, partition, rows)
        WHERE h.topic_id = w.topic_id AND h.partition = w.partition
        """;

    private const string Append = """
        INSERT INTO event_log (topic_id, partition, "offset", msg_key, headers, body, appended_at)
        SELECT w.topic_id, w.partition, h.next_offset - w.back, w.msg_key, w.headers, w.body, (SELECT clock())
        FROM unnest($1, $2, $3, $4, $5, $6) AS w(topic_id, partition, back, msg_key, headers, body)
        JOIN log_head h ON h.topic_id = w.topic_id AND h.partition = w.partition
        """;

    public async ValueTask Queue(NpgsqlBatch batch, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancel)
    {
        if (messages.Count == 0)
            return;
        var rows = new AppendedRows(messages.Count);
        foreach (var message in messages)
            rows.Add(await topics.Find(message.Topic, cancel), message);
        var heads = rows.CountByHead();
        batch.BatchCommands.Add(Statement(LockHeads, heads.Topics, heads.Partitions));
        batch.BatchCommands.Add(Statement(MoveHeads, heads.Topics, heads.Partitions, heads.Rows));
        var append = Statement(Append, rows.Topics, rows.Partitions, rows.Backs(heads));
        append.Parameters.Add(new() { Value = rows.Keys, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        append.Parameters.Add(new() { Value = rows.Headers, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        append.Parameters.Add(new() { Value = rows.Bodies, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        batch.BatchCommands.Add(append);
    }

    public void Wake(IReadOnlyCollection<OutgoingMessage> messages)
    {
        if (messages.Count > 0)
            wakeup.Wake(messages.Select(message => message.Topic).Distinct());
    }

    public Task<long> CountWaiting(CancellationToken cancel) => Task.FromResult(0L);

    private static NpgsqlBatchCommand Statement(string sql, params int[][] columns)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns)
            command.Parameters.Add(new() { Value = column, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        return command;
    }

    private sealed record Heads(int[] Topics, int[] Partitions, int[] Rows, Dictionary<(int, int), int> Left);

    private sealed class AppendedRows(int capacity)
    {
        private readonly SortedDictionary<(int Topic, int Partition), int> _counts = [];
        private int _at;

        public int[] Topics { get; } = new int[capacity];

        public int[] Partitions { get; } = new int[capacity];

        public byte[]?[] Keys { get; } = new byte[]?[capacity];

        public string[] Headers { get; } = new string[capacity];

        public byte[]?[] Bodies { get; } = new byte[]?[capacity];

        public void Add(LogTopic topic, OutgoingMessage message)
        {
            var partition = message.Key is { } key
                ? (int)(StableHash.Compute(key) % (uint)topic.Partitions)
                : Random.Shared.Next(topic.Partitions);
            (Topics[_at], Partitions[_at]) = (topic.Id, partition);
            Keys[_at] = message.Key;
            Headers[_at] = message.Headers.Text;
            Bodies[_at++] = message.Body;
            _counts[(topic.Id, partition)] = _counts.GetValueOrDefault((topic.Id, partition)) + 1;
        }

        public Heads CountByHead() =>
            new(
                [.. _counts.Keys.Select(head => head.Topic)],
                [.. _counts.Keys.Select(head => head.Partition)],
                [.. _counts.Values],
                _counts.ToDictionary(head => (head.Key.Topic, head.Key.Partition), head => head.Value)
            );

        /// <summary>
        /// Distance of each row from the head's new end; the first message of a head is the furthest.
        /// </summary>
        public int[] Backs(Heads heads)
        {
            var backs = new int[_at];
            for (var i = 0; i < _at; i++)
                backs[i] = heads.Left[(Topics[i], Partitions[i])]--;
            return backs;
        }
    }
}
