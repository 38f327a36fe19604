using EventSettlement.Messaging.Hosting;
using Npgsql;

namespace EventSettlement.Messaging.Log.Postgres;

/// <summary>The embedded log: tables, row locks and leases of the database that holds everything else.</summary>
public sealed class PostgresEventLog(
    NpgsqlDataSource database,
    LogTopics topics,
    Wakeup wakeup,
    MessagingOptions options
) : IEventLog
{
    private const string CreateTopic = """
        WITH made AS (
            INSERT INTO log_topic (topic, partitions) VALUES ($1, $2) ON CONFLICT (topic) DO NOTHING RETURNING topic_id)
        INSERT INTO log_head (topic_id, partition) SELECT topic_id, p FROM made, generate_series(0, $2 - 1) AS p
        """;

    private const string Counts = "SELECT topic, partitions FROM log_topic WHERE topic = ANY ($1)";

    // Fewer: the heads stay, and are read, for a server that was started before goes on appending to them.
    private const string SetCount = """
        WITH changed AS (UPDATE log_topic SET partitions = $2 WHERE topic = $1 RETURNING topic_id)
        INSERT INTO log_head (topic_id, partition) SELECT topic_id, p FROM changed, generate_series(0, $2 - 1) AS p
        ON CONFLICT DO NOTHING
        """;

    private const string Bounds =
        "SELECT begin_offset, next_offset FROM log_head WHERE topic_id = $1 AND partition = $2";

    private const string OneRecord = """
        SELECT msg_key, headers, body, appended_at FROM event_log
        WHERE topic_id = $1 AND partition = $2 AND "offset" = $3
        """;

    /// <summary>Never beyond the slowest group that was ever registered for the topic.</summary>
    private const string Retain = """
        WITH passed AS (
            SELECT h.topic_id, h.partition, h.begin_offset, least(h.next_offset, (
                SELECT min(c.next_offset) FROM consumer_offset c WHERE c.topic = t.topic
                AND c.partition = h.partition)) AS until
            FROM log_head h JOIN log_topic t USING (topic_id)),
        gone AS (
            DELETE FROM event_log e USING passed p
            WHERE e.topic_id = p.topic_id AND e.partition = p.partition AND e."offset" < p.until
              AND e."offset" >= p.begin_offset AND e."offset" < p.begin_offset + 5000
              AND e.appended_at < (SELECT clock()) - $1
            RETURNING e.topic_id, e.partition, e."offset")
        UPDATE log_head h SET begin_offset = g.until
        FROM (SELECT topic_id, partition, max("offset") + 1 AS until FROM gone GROUP BY 1, 2) g
        WHERE h.topic_id = g.topic_id AND h.partition = g.partition
        """;

    private readonly LeaseRenewal _renewal = new(database);

    public async Task<string> ReadIdentity(string topic, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT id::text FROM log_identity");
        return (string)(
            await command.ExecuteScalarAsync(cancel) ?? throw new InvalidOperationException("log_identity is empty")
        );
    }

    public bool IsShared => false;

    public bool CanShrink => true;

    public async Task<IReadOnlyDictionary<string, int>> CreateTopics(
        IReadOnlyCollection<TopicSpec> specs,
        CancellationToken cancel
    )
    {
        foreach (var spec in specs)
        {
            await using var command = database.CreateCommand(CreateTopic);
            command.Parameters.Add(new() { Value = spec.Name });
            command.Parameters.Add(new() { Value = spec.Partitions });
            await command.ExecuteNonQueryAsync(cancel);
        }

        return await ReadPartitions([.. specs.Select(spec => spec.Name)], cancel);
    }

    public async Task<IReadOnlyDictionary<string, int>> ReadPartitions(
        IReadOnlyCollection<string> topics,
        CancellationToken cancel
    )
    {
        await using var read = database.CreateCommand(Counts);
        read.Parameters.Add(new() { Value = topics.ToArray() });
        var counts = new Dictionary<string, int>();
        await using var row = await read.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            counts[row.GetString(0)] = row.GetInt32(1);
        return counts;
    }

    public Task<bool> IsCompacted(string topic, CancellationToken cancel) => Task.FromResult(false);

    public async Task<bool> HasRecords(TopicPartition partition, long from, CancellationToken cancel) =>
        (await ReadBounds(partition, cancel)).End > from;

    public async Task SetPartitions(string topic, int partitions, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(SetCount);
        command.Parameters.Add(new() { Value = topic });
        command.Parameters.Add(new() { Value = partitions });
        await command.ExecuteNonQueryAsync(cancel);
        topics.Forget(topic);
    }

    public async Task<(long Begin, long End)> ReadBounds(TopicPartition partition, CancellationToken cancel)
    {
        var topic = await topics.Find(partition.Topic, cancel);
        await using var command = database.CreateCommand(Bounds);
        command.Parameters.Add(new() { Value = topic.Id });
        command.Parameters.Add(new() { Value = partition.Partition });
        await using var row = await command.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel))
            throw new InvalidOperationException($"{partition} does not exist");
        return (row.GetInt64(0), row.GetInt64(1));
    }

    public async Task<LogRecord?> ReadAt(TopicPartition partition, long offset, CancellationToken cancel)
    {
        var topic = await topics.Find(partition.Topic, cancel);
        await using var command = database.CreateCommand(OneRecord);
        command.Parameters.Add(new() { Value = topic.Id });
        command.Parameters.Add(new() { Value = partition.Partition });
        command.Parameters.Add(new() { Value = offset });
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel) ? LogRows.ToRecord(row, 0, partition, offset) : null;
    }

    public async Task Consume(
        string group,
        IReadOnlyCollection<string> names,
        IPartitionOwner owner,
        CancellationToken cancel
    )
    {
        var all = new List<LogTopic>();
        foreach (var name in names)
            all.Add(await topics.Find(name, cancel));
        await using var member = new GroupMember(database, _renewal, group, all);
        using var woken = wakeup.Subscribe(names);
        await new GroupReader(database, member, owner, woken, all).Run(cancel);
    }

    /// <summary>
    /// Deletes what every registered group has passed and what is older than the retention; answers how many heads
    /// moved.
    /// </summary>
    public async Task<int> DeletePassed(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Retain);
        command.Parameters.Add(new() { Value = options.Retention });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    public ValueTask DisposeAsync() => _renewal.DisposeAsync();
}
