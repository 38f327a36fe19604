using System.Diagnostics;
using Npgsql;

namespace EventSettlement.Messaging.Log.Postgres;

/// <summary>
/// One process's membership of a group: renews its leases by the database's clock, apart from the batches, so that a
/// long batch never costs a lease. It says what is held and how many are due; <see cref="GroupReader"/> acts on it.
/// </summary>
internal sealed class GroupMember : IAsyncDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private const string Register = """
        INSERT INTO consumer_offset (group_id, topic, partition, epoch, next_offset)
        SELECT $1, t.topic, h.partition, 0, h.begin_offset FROM log_head h JOIN log_topic t USING (topic_id)
        WHERE h.topic_id = ANY ($2) ON CONFLICT DO NOTHING
        """;

    private const string Join = """
        INSERT INTO group_member (group_id, owner, expires_at) VALUES ($1, $2, clock() + $3)
        ON CONFLICT (group_id, owner) DO UPDATE SET expires_at = excluded.expires_at
        """;

    private const string Renew = """
        UPDATE partition_lease SET expires_at = clock() + $3 WHERE group_id = $1 AND owner = $2
        RETURNING topic, partition
        """;

    // Heads are counted each time: another server may have been started with more of them.
    private const string Share = """
        SELECT (SELECT count(*) FROM group_member WHERE group_id = $1 AND expires_at > (SELECT clock())),
            (SELECT count(*) FROM log_head WHERE topic_id = ANY ($2))
        """;

    private const string Acquire = """
        INSERT INTO partition_lease AS l (group_id, topic, partition, owner, epoch, expires_at)
        SELECT $1, t.topic, h.partition, $2, 1, clock() + $3
        FROM log_head h JOIN log_topic t USING (topic_id)
        WHERE h.topic_id = ANY ($4) AND NOT EXISTS (
            SELECT 1 FROM partition_lease o
            WHERE o.group_id = $1 AND o.topic = t.topic AND o.partition = h.partition
            AND o.expires_at >= (SELECT clock()))
        ORDER BY t.topic, h.partition LIMIT $5
        ON CONFLICT (group_id, topic, partition) DO UPDATE
        SET owner = excluded.owner, epoch = l.epoch + 1, expires_at = excluded.expires_at
        WHERE l.expires_at < clock()
        RETURNING topic, partition
        """;

    private const string Drop = """
        DELETE FROM partition_lease WHERE group_id = $1 AND owner = $2 AND topic = $3 AND partition = $4
        """;

    private const string Leave = """
        WITH leases AS (DELETE FROM partition_lease WHERE group_id = $1 AND owner = $2)
        DELETE FROM group_member WHERE group_id = $1 AND owner = $2 OR group_id = $1
        AND expires_at < (SELECT clock()) - $3 * 100
        """;

    private readonly NpgsqlDataSource _database;
    private readonly string _group;
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.CreateVersion7():N}";
    private readonly int[] _topics;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;
    private volatile Standing? _standing;

    public GroupMember(NpgsqlDataSource database, string group, IReadOnlyList<LogTopic> topics)
    {
        (_database, _group, _topics) = (database, group, [.. topics.Select(topic => topic.Id)]);
        _renewing = Task.Run(RenewUntilStopped);
    }

    /// <summary>
    /// What the last renewal told, or null when it is so old that everything may be another's by now.
    /// </summary>
    public Standing? Current => _standing is { } known && Stopwatch.GetElapsedTime(known.At) < Ttl ? known : null;

    /// <summary>Leases free partitions, at most <paramref name="count"/>; others are left alone.</summary>
    public async Task<List<TopicPartition>> AcquireLeases(int count, CancellationToken cancel)
    {
        await using var command = Command(Acquire, Ttl);
        command.Parameters.Add(new() { Value = _topics });
        command.Parameters.Add(new() { Value = count });
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await ReadPartitions(row, cancel);
    }

    public async Task ReturnLease(TopicPartition partition, CancellationToken cancel)
    {
        await using var command = Command(Drop);
        command.Parameters.Add(new() { Value = partition.Topic });
        command.Parameters.Add(new() { Value = partition.Partition });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelSafelyAsync();
        await _renewing;
        _stop.Dispose();
        try
        {
            await using var command = Command(Leave, Ttl);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // The leases run out by themselves.
        }
    }

    private async Task RenewUntilStopped()
    {
        var registered = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (!registered)
                    await RegisterGroup();
                registered = true;
                await RenewOnce();
            }
            catch (Exception failure)
                when (failure is NpgsqlException or OperationCanceledException or TimeoutException)
            {
                // Tried again below; when it goes on for the lease's length, Current turns null and all is dropped.
            }

            await Task.Delay(Every, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task RegisterGroup()
    {
        await using var command = _database.CreateCommand(Register);
        command.Parameters.Add(new() { Value = _group });
        command.Parameters.Add(new() { Value = _topics });
        await command.ExecuteNonQueryAsync(_stop.Token);
    }

    private async Task RenewOnce()
    {
        // Taken before asking: the lease lasts at least this long from here.
        var at = Stopwatch.GetTimestamp();
        await using var batch = _database.CreateBatch();
        batch.BatchCommands.Add(Part(Join, _group, _owner, Ttl));
        batch.BatchCommands.Add(Part(Renew, _group, _owner, Ttl));
        batch.BatchCommands.Add(Part(Share, _group, _topics));
        await using var row = await batch.ExecuteReaderAsync(_stop.Token);
        var held = await ReadPartitions(row, _stop.Token);
        await row.NextResultAsync(_stop.Token);
        await row.ReadAsync(_stop.Token);
        var (members, heads) = (Math.Max(1, row.GetInt64(0)), row.GetInt64(1));
        _standing = new Standing([.. held], (int)((heads + members - 1) / members), at);
    }

    private NpgsqlCommand Command(string sql, TimeSpan? ttl = null)
    {
        var command = _database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = _group });
        command.Parameters.Add(new() { Value = _owner });
        if (ttl is { } length)
            command.Parameters.Add(new() { Value = length });
        return command;
    }

    private static NpgsqlBatchCommand Part(string sql, params object[] values)
    {
        var part = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            part.Parameters.Add(new() { Value = value });
        return part;
    }

    private static async Task<List<TopicPartition>> ReadPartitions(NpgsqlDataReader row, CancellationToken cancel)
    {
        var found = new List<TopicPartition>();
        while (await row.ReadAsync(cancel))
            found.Add(new TopicPartition(row.GetString(0), row.GetInt32(1)));
        return found;
    }

    /// <summary>As of one renewal.</summary>
    /// <param name="Quota">ceil(partitions / members).</param>
    public sealed record Standing(HashSet<TopicPartition> Held, int Quota, long At);
}
