using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>
/// The outbox as this process sees it: which shards it relays, by the database's clock, and what waits in them. Every
/// free shard is taken: relaying is cheap, a second process only stands by.
/// </summary>
internal sealed class RelayLeases(NpgsqlDataSource database)
{
    private const int RowsOfShard = 500;
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(5);
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.CreateVersion7():N}";

    private const string Prepare = """
        INSERT INTO relay_lease (shard) SELECT generate_series(0, $1 - 1) ON CONFLICT DO NOTHING
        """;

    private const string Renew = """
        UPDATE relay_lease
        SET owner = $1, expires_at = clock() + $2, epoch = epoch + CASE WHEN owner IS NOT DISTINCT
        FROM $1 THEN 0 ELSE 1 END
        WHERE shard IN (SELECT shard FROM relay_lease WHERE owner = $1 OR expires_at < (SELECT clock())
                        ORDER BY shard FOR UPDATE SKIP LOCKED)
        RETURNING shard, epoch
        """;

    // Never a join with the queue itself: of one that was empty when it was last vacuumed PostgreSQL expects one row,
    // and compares each row that waits with each that was sent. LIMIT keeps the lookups by key.
    private const string DeleteSent = """
        DELETE FROM outbox WHERE ctid = ANY (ARRAY(
            SELECT waiting.ctid FROM unnest($1, $2, $3) AS sent(shard, id, epoch)
            CROSS JOIN LATERAL (
                SELECT ctid FROM outbox o WHERE o.shard = sent.shard AND o.id = sent.id LIMIT 1) waiting
            WHERE EXISTS (SELECT 1 FROM relay_lease l
                          WHERE l.shard = sent.shard AND l.epoch = sent.epoch AND l.owner = $4)))
        """;

    private const string Waiting = """
        SELECT o.shard, o.id, o.topic, o.msg_key, o.body, o.headers FROM unnest($1) AS s(shard)
        CROSS JOIN LATERAL (SELECT * FROM outbox w WHERE w.shard = s.shard
            AND ($3::text IS NULL OR w.topic = $3) AND w.topic <> ALL ($4) ORDER BY w.id LIMIT $2) o
        """;

    // What never was in the log has no place in it: its number in the outbox stands for the offset.
    private const string ParkRefused = """
        WITH refused AS (
            DELETE FROM outbox o WHERE o.shard = $1 AND o.id = $2
                AND EXISTS (SELECT 1 FROM relay_lease l WHERE l.shard = $1 AND l.epoch = $3 AND l.owner = $4)
            RETURNING o.id, o.topic, o.msg_key, o.headers, o.body)
        INSERT INTO parked_message (group_id, topic, partition, "offset", msg_key, headers, body, code, message,
            fingerprint, first_seen, last_seen)
        SELECT 'outbox', r.topic, -1, r.id, r.msg_key, r.headers, r.body, 'refused_by_broker', $5,
            md5(r.topic || ' refused_by_broker'), c.now, c.now
        FROM refused r, (SELECT clock() AS now) c
        """;

    private const string GiveBack = "UPDATE relay_lease SET owner = NULL, expires_at = '-infinity' WHERE owner = $1";

    public async Task CreateRows(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Prepare);
        command.Parameters.Add(new() { Value = OutboxWriter.Shards });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Shards held after renewing, with their epochs.</summary>
    public async Task<Dictionary<short, long>> RenewLeases(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Renew);
        command.Parameters.Add(new() { Value = _owner });
        command.Parameters.Add(new() { Value = Ttl });
        var held = new Dictionary<short, long>();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            held[row.GetInt16(0)] = row.GetInt64(1);
        return held;
    }

    /// <summary>Deletes what was sent, where the shard is still ours; answers how many rows went.</summary>
    public async Task<int> Delete(
        IReadOnlyList<OutboxRow> sent,
        IReadOnlyDictionary<short, long> held,
        CancellationToken cancel
    )
    {
        await using var command = database.CreateCommand(DeleteSent);
        Array(sent.Select(row => row.Shard).ToArray(), NpgsqlDbType.Smallint);
        Array(sent.Select(row => row.Id).ToArray(), NpgsqlDbType.Bigint);
        Array(sent.Select(row => held[row.Shard]).ToArray(), NpgsqlDbType.Bigint);
        command.Parameters.Add(new() { Value = _owner });
        return await command.ExecuteNonQueryAsync(cancel);

        void Array<T>(T[] values, NpgsqlDbType type) =>
            command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>What waits in these shards, in the order of its ids.</summary>
    public async Task<List<OutboxRow>> Read(IEnumerable<short> shards, WaitingTopics topics, CancellationToken cancel)
    {
        var rows = new List<OutboxRow>();
        await using var command = database.CreateCommand(Waiting);
        command.Parameters.Add(
            new() { Value = shards.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint }
        );
        command.Parameters.Add(new() { Value = RowsOfShard });
        command.Parameters.Add(
            new() { Value = (object?)topics.Only ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
        );
        command.Parameters.Add(new() { Value = (topics.Except ?? []).ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            rows.Add(
                new OutboxRow(
                    row.GetInt16(0),
                    row.GetInt64(1),
                    row.GetString(2),
                    row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3),
                    row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
                    row.GetString(5)
                )
            );
        rows.Sort((one, other) => one.Id.CompareTo(other.Id));
        return rows;
    }

    /// <summary>Puts one among the parked messages, where the shard is still ours.</summary>
    public async Task<bool> Park(
        OutboxRow refused,
        string reason,
        IReadOnlyDictionary<short, long> held,
        CancellationToken cancel
    )
    {
        await using var command = database.CreateCommand(ParkRefused);
        command.Parameters.Add(new() { Value = refused.Shard });
        command.Parameters.Add(new() { Value = refused.Id });
        command.Parameters.Add(new() { Value = held[refused.Shard] });
        command.Parameters.Add(new() { Value = _owner });
        command.Parameters.Add(new() { Value = reason });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    public async Task Leave()
    {
        await using var command = database.CreateCommand(GiveBack);
        command.Parameters.Add(new() { Value = _owner });
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A message that waits for the relay.</summary>
internal sealed record OutboxRow(short Shard, long Id, string Topic, byte[]? Key, byte[]? Body, string Headers);

/// <summary>Whose messages are asked for.</summary>
/// <param name="Only">Of this topic alone.</param>
/// <param name="Except">Of all topics but these.</param>
internal sealed record WaitingTopics(string? Only = null, IEnumerable<string>? Except = null);
