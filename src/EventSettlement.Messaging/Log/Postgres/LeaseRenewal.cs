using System.Diagnostics;
using Npgsql;

namespace EventSettlement.Messaging.Log.Postgres;

/// <summary>
/// Renews the leases of all groups of this process by the database's clock: with one statement each time, however many
/// groups there are, and apart from the batches, so that a long batch never costs a lease.
/// </summary>
internal sealed class LeaseRenewal(NpgsqlDataSource database) : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1.5);

    // Heads are counted each time: another server may have been started with more of them.
    private const string Renew = """
        WITH mine AS (SELECT * FROM unnest($1, $2) AS m(group_id, owner)),
        joined AS (
            INSERT INTO group_member (group_id, owner, expires_at)
            SELECT group_id, owner, clock() + $3 FROM mine
            ON CONFLICT (group_id, owner) DO UPDATE SET expires_at = excluded.expires_at),
        held AS (
            UPDATE partition_lease l SET expires_at = clock() + $3 FROM mine
            WHERE l.group_id = mine.group_id AND l.owner = mine.owner
            RETURNING l.owner, l.topic, l.partition),
        heads AS (
            SELECT t.owner, count(*) AS heads FROM unnest($4, $5) AS t(owner, topic_id) JOIN log_head USING (topic_id)
            GROUP BY t.owner)
        SELECT mine.owner, heads.heads, (
                SELECT count(*) FROM group_member o
                WHERE o.group_id = mine.group_id AND o.owner <> mine.owner AND o.expires_at > (SELECT clock())),
            held.topic, held.partition
        FROM mine JOIN heads USING (owner) LEFT JOIN held USING (owner)
        """;

    private readonly Lock _gate = new();
    private readonly List<GroupMember> _members = [];
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private readonly SemaphoreSlim _added = new(0);
    private readonly CancellationTokenSource _stop = new();
    private Task? _running;

    public void Add(GroupMember member)
    {
        lock (_gate)
        {
            _members.Add(member);
            _running ??= Task.Run(RenewUntilStopped);
        }

        _added.Release();
    }

    /// <summary>When it returns, nothing renews the member's leases any more.</summary>
    public async Task Remove(GroupMember member)
    {
        lock (_gate)
            _members.Remove(member);
        await _renewing.WaitAsync();
        _renewing.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelSafelyAsync();
        if (_running is { } running)
            await running;
        _stop.Dispose();
        _added.Dispose();
        _renewing.Dispose();
    }

    private async Task RenewUntilStopped()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RenewOnce();
                await _added.WaitAsync(Every, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task RenewOnce()
    {
        await _renewing.WaitAsync(_stop.Token);
        try
        {
            GroupMember[] members;
            lock (_gate)
                members = [.. _members];
            foreach (var member in members)
                await member.Register(_stop.Token);
            if (members.Length > 0)
                await Ask(members);
        }
        catch (Exception failure)
            when (failure is NpgsqlException or TimeoutException
                || failure is OperationCanceledException && !_stop.IsCancellationRequested
            )
        {
            // Tried again at the next time; when it goes on for the lease's length, all members drop what they hold.
        }
        finally
        {
            _renewing.Release();
        }
    }

    private async Task Ask(GroupMember[] members)
    {
        var asked = Stopwatch.GetTimestamp();
        var topics = members.SelectMany(member => member.Topics.Select(topic => (member.Owner, topic))).ToArray();
        await using var command = database.CreateCommand(Renew);
        command.Parameters.Add(new() { Value = members.Select(member => member.Group).ToArray() });
        command.Parameters.Add(new() { Value = members.Select(member => member.Owner).ToArray() });
        command.Parameters.Add(new() { Value = GroupMember.Ttl });
        command.Parameters.Add(new() { Value = topics.Select(topic => topic.Owner).ToArray() });
        command.Parameters.Add(new() { Value = topics.Select(topic => topic.topic).ToArray() });
        var found = members.ToDictionary(member => member.Owner, _ => (Held: new List<TopicPartition>(), 0L, 0L));
        await using (var row = await command.ExecuteReaderAsync(_stop.Token))
            while (await row.ReadAsync(_stop.Token))
            {
                var owner = row.GetString(0);
                var held = found[owner].Held;
                found[owner] = (held, row.GetInt64(1), 1 + row.GetInt64(2));
                if (!row.IsDBNull(3))
                    held.Add(new TopicPartition(row.GetString(3), row.GetInt32(4)));
            }

        foreach (var member in members)
            if (found[member.Owner] is var (held, heads, of) && of > 0)
                member.Hear(held, of, heads, asked);
    }
}
