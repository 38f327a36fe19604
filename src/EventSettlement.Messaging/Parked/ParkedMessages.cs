using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using Npgsql;

namespace EventSettlement.Messaging.Parked;

/// <summary>What people do with parked messages: look, send again, or discard with a reason.</summary>
public sealed class ParkedMessages(NpgsqlDataSource database, IOutgoingWriter outgoing)
{
    public const string ReplayedFrom = "replayed-from";
    private const int LongestPage = 500;

    private const string Page = """
        SELECT id, group_id, topic, partition, "offset", msg_key, headers, NULL::bytea, code, pointer, message,
            first_seen,
            last_seen, seen, status, who, at, reason
        FROM parked_message
        WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR code = $2) AND id < $3
        ORDER BY id DESC LIMIT $4
        """;

    private const string One = """
        SELECT id, group_id, topic, partition, "offset", msg_key, headers, body, code, pointer, message, first_seen,
            last_seen, seen, status, who, at, reason
        FROM parked_message WHERE id = $1
        """;

    private const string CountKept = """
        SELECT partition, count(*) FROM parked_message WHERE group_id = $1 AND topic = $2 AND status <> 'REPLAYED'
        GROUP BY partition
        """;

    private const string SetStatus = """
        UPDATE parked_message SET status = $2, who = $3, reason = $4, at = clock()
        WHERE id = $1 AND status = 'PARKED' RETURNING topic, partition, "offset", msg_key, headers, body
        """;

    /// <param name="status">PARKED, REPLAYED or DISCARDED; null = all.</param>
    /// <param name="before">Id of the last one of the page before; null = from the newest.</param>
    public async Task<IReadOnlyList<ParkedMessage>> List(
        string? status,
        string? code,
        long? before,
        int limit,
        CancellationToken cancel
    )
    {
        await using var command = database.CreateCommand(Page);
        command.Parameters.Add(
            new() { Value = (object?)status ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
        );
        command.Parameters.Add(
            new() { Value = (object?)code ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
        );
        command.Parameters.Add(new() { Value = before ?? long.MaxValue });
        command.Parameters.Add(new() { Value = Math.Clamp(limit, 1, LongestPage) });
        return await Read(command, cancel);
    }

    /// <summary>With its body; null when there is none of this id.</summary>
    public async Task<ParkedMessage?> Show(long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(One);
        command.Parameters.Add(new() { Value = id });
        return (await Read(command, cancel)).SingleOrDefault();
    }

    /// <summary>By partition, what a group has parked and nobody has sent again.</summary>
    public async Task<IReadOnlyDictionary<int, long>> CountByPartition(
        string group,
        string topic,
        CancellationToken cancel
    )
    {
        await using var command = database.CreateCommand(CountKept);
        command.Parameters.Add(new() { Value = group });
        command.Parameters.Add(new() { Value = topic });
        var counts = new Dictionary<int, long>();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            counts[row.GetInt32(0)] = row.GetInt64(1);
        return counts;
    }

    /// <summary>Sends the exact bytes again to the topic they came from. False: it is not parked any more.</summary>
    public async Task<bool> Replay(long id, string who, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await ChangeStatus(connection, transaction, (id, "REPLAYED", who, null), cancel) is not { } message)
            return false;
        await outgoing.Write(connection, transaction, [message], cancel);
        await transaction.CommitAsync(cancel);
        outgoing.Wake([message]);
        return true;
    }

    /// <summary>Keeps the row with the reason. False: it is not parked any more.</summary>
    public async Task<bool> Discard(long id, string who, string reason, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var changed = await ChangeStatus(connection, transaction, (id, "DISCARDED", who, reason), cancel);
        await transaction.CommitAsync(cancel);
        return changed is not null;
    }

    private static async Task<OutgoingMessage?> ChangeStatus(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        (long Id, string Status, string Who, string? Reason) decision,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(SetStatus, connection, transaction);
        command.Parameters.Add(new() { Value = decision.Id });
        command.Parameters.Add(new() { Value = decision.Status });
        command.Parameters.Add(new() { Value = decision.Who });
        command.Parameters.Add(
            new() { Value = (object?)decision.Reason ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel))
            return null;
        var from = $"{row.GetString(0)}/{row.GetInt32(1)}/{row.GetInt64(2)}";
        return new OutgoingMessage(
            row.GetString(0),
            row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3),
            row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5),
            new HeaderMap(row.GetString(4)).With(ReplayedFrom, from)
        );
    }

    private static async Task<List<ParkedMessage>> Read(NpgsqlCommand command, CancellationToken cancel)
    {
        var found = new List<ParkedMessage>();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            found.Add(
                new ParkedMessage(
                    row.GetInt64(0),
                    row.GetString(1),
                    new TopicPartition(row.GetString(2), row.GetInt32(3)),
                    row.GetInt64(4),
                    row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5),
                    new HeaderMap(row.GetString(6)),
                    row.IsDBNull(7) ? null : row.GetFieldValue<byte[]>(7),
                    row.GetString(8),
                    Text(9),
                    row.GetString(10),
                    row.GetDateTime(11),
                    row.GetDateTime(12),
                    row.GetInt32(13),
                    row.GetString(14),
                    Text(15),
                    row.IsDBNull(16) ? null : row.GetDateTime(16),
                    Text(17)
                )
            );
        return found;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}

/// <summary>A message that could not be handled, byte for byte, and what became of it. Times are UTC.</summary>
/// <param name="Body">Null in lists.</param>
/// <param name="Status">PARKED, REPLAYED or DISCARDED.</param>
public sealed record ParkedMessage(
    long Id,
    string Group,
    TopicPartition Source,
    long Offset,
    byte[]? Key,
    HeaderMap Headers,
    byte[]? Body,
    string Code,
    string? Pointer,
    string Message,
    DateTime FirstSeen,
    DateTime LastSeen,
    int Seen,
    string Status,
    string? Who,
    DateTime? At,
    string? Reason
);
