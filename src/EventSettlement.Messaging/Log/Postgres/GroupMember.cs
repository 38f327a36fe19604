using System.Diagnostics;
using Npgsql;

namespace EventSettlement.Messaging.Log.Postgres;

/// <summary>
/// One process's membership of a group: what it holds and how many are due, as <see cref="LeaseRenewal"/> found it
/// last. <see cref="GroupReader"/> acts on it.
/// </summary>
internal sealed class GroupMember : IAsyncDisposable
{
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(5);

    private const string RegisterGroup = """
        INSERT INTO consumer_offset (group_id, topic, partition, epoch, next_offset)
        SELECT $1, t.topic, h.partition, 0, h.begin_offset FROM log_head h JOIN log_topic t USING (topic_id)
        WHERE h.topic_id = ANY ($2) ON CONFLICT DO NOTHING
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
    private readonly LeaseRenewal _renewal;
    private readonly int[] _topics;
    private bool _isRegistered;
    private volatile Standing? _standing;

    public GroupMember(NpgsqlDataSource database, LeaseRenewal renewal, string group, IReadOnlyList<LogTopic> topics)
    {
        (_database, _renewal, Group) = (database, renewal, group);
        _topics = [.. topics.Select(topic => topic.Id)];
        renewal.Add(this);
    }

    public string Group { get; }

    public string Owner { get; } = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.CreateVersion7():N}";

    public IReadOnlyList<int> Topics => _topics;

    /// <summary>
    /// What the last renewal told, or null when it is so old that everything may be another's by now.
    /// </summary>
    public Standing? Current => _standing is { } known && Stopwatch.GetElapsedTime(known.At) < Ttl ? known : null;

    /// <summary>For how long <see cref="Current"/> says the same, if no renewal comes.</summary>
    public TimeSpan Lasts => _standing is { } known ? Ttl - Stopwatch.GetElapsedTime(known.At) : TimeSpan.Zero;

    /// <summary>A renewal found other leases than the one before, or another share of them.</summary>
    public event Action? Changed;

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
        await _renewal.Remove(this);
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

    /// <summary>The group's places, so that nothing that it has not read is deleted. Once is enough.</summary>
    public async Task Register(CancellationToken cancel)
    {
        if (_isRegistered)
            return;
        await using var command = _database.CreateCommand(RegisterGroup);
        command.Parameters.Add(new() { Value = Group });
        command.Parameters.Add(new() { Value = _topics });
        await command.ExecuteNonQueryAsync(cancel);
        _isRegistered = true;
    }

    /// <param name="members">Of the group, this one with them.</param>
    /// <param name="heads">The partitions that they share.</param>
    /// <param name="asked">Before the renewal was sent: the leases last at least their length from then.</param>
    public void Hear(IEnumerable<TopicPartition> held, long members, long heads, long asked)
    {
        var (before, now) = (Current, new Standing([.. held], (int)((heads + members - 1) / members), asked));
        _standing = now;
        if (before is null || before.Quota != now.Quota || !before.Held.SetEquals(now.Held))
            Changed?.Invoke();
    }

    private NpgsqlCommand Command(string sql, TimeSpan? ttl = null)
    {
        var command = _database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = Group });
        command.Parameters.Add(new() { Value = Owner });
        if (ttl is { } length)
            command.Parameters.Add(new() { Value = length });
        return command;
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
