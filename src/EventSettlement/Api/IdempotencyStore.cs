using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Api;

/// <summary>The answer to a request as it was given; status null while it is at work.</summary>
internal sealed record StoredAnswer(
    byte[] Request,
    int? Status,
    string? ContentType,
    string? Response,
    string? Location
);

/// <summary>Table idempotency. A key belongs to the actor who sent it.</summary>
internal sealed class IdempotencyStore(Database database)
{
    private const string ForgetSql = "DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND status IS NULL";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// True for the one that is to carry it out; what a dead process began is free once no request can be at work.
    /// </summary>
    public async Task<bool> Begin(string actor, string key, byte[] request, CancellationToken cancel)
    {
        const string beginRequest = """
            INSERT INTO idempotency AS i (actor, key, request, created_at) VALUES ($1, $2, $3, clock())
            ON CONFLICT (actor, key) DO UPDATE SET created_at = excluded.created_at
            WHERE i.status IS NULL AND i.request = excluded.request AND i.created_at < clock() - interval '35 seconds'
            """;
        await using var command = Command(beginRequest, actor, key, request);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    public async Task<StoredAnswer?> Find(string actor, string key, CancellationToken cancel)
    {
        const string findAnswer = """
            SELECT request, status, content_type, response, location FROM idempotency WHERE actor = $1 AND key = $2
            """;
        await using var command = Command(findAnswer, actor, key);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        return new StoredAnswer(
            reader.GetFieldValue<byte[]>(0),
            reader.IsDBNull(1) ? null : reader.GetInt32(1),
            reader.IsDBNull(2) ? null : reader.GetString(2),
            reader.IsDBNull(3) ? null : reader.GetString(3),
            reader.IsDBNull(4) ? null : reader.GetString(4)
        );
    }

    /// <summary>Tried for some seconds: without it the same key waits for a minute for what is done already.</summary>
    public async Task Finish(string key, StoredAnswer answer, AuditEntry audit, CancellationToken cancel)
    {
        const string finishRequest = """
            UPDATE idempotency SET status = $3, content_type = $4, response = $5, location = nullif($6, '')
            WHERE actor = $1 AND key = $2
            """;
        var given = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await Execute(
                    AuditRows.Note(audit, "answered " + answer.Status),
                    finishRequest,
                    cancel,
                    audit.Actor,
                    key,
                    answer.Status!.Value,
                    answer.ContentType ?? "",
                    answer.Response ?? "",
                    answer.Location ?? ""
                );
                return;
            }
            catch (NpgsqlException away) when (away.IsTransient && TimeProvider.System.GetElapsedTime(given) < Patience)
            {
                await Task.Delay(Between, cancel);
            }
        }
    }

    /// <summary>Nothing was carried out, so the key is free for the request as it should have been.</summary>
    public Task Free(string key, int status, AuditEntry audit, CancellationToken cancel) =>
        Execute(AuditRows.Note(audit, "answered " + status), ForgetSql, cancel, audit.Actor, key);

    /// <summary>The same key may try again; that it was tried, nobody knows with which outcome, stays known.</summary>
    public Task Forget(string key, AuditEntry audit, CancellationToken cancel) =>
        Execute(AuditRows.NoteUnknown(audit), ForgetSql, cancel, audit.Actor, key);

    /// <summary>Both or none: a batch is one transaction.</summary>
    private async Task Execute(NpgsqlBatchCommand note, string sql, CancellationToken cancel, params object[] values)
    {
        var change = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            change.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var batch = database.Reads.CreateBatch();
        batch.BatchCommands.Add(note);
        batch.BatchCommands.Add(change);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.Reads.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
