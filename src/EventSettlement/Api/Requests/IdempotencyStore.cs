using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Api;

/// <summary>The answer to a request as it was given; status null while it is at work.</summary>
internal sealed record StoredAnswer(
    byte[] Request, int? Status, string? ContentType, string? Response, string? Location);

/// <summary>What the audit keeps of a changing request.</summary>
internal sealed record AuditEntry(string Action, string Target, string Detail);

/// <summary>Table idempotency. A key belongs to the actor who sent it.</summary>
internal sealed class IdempotencyStore(Database database)
{
    /// <summary>True for the one that is to carry it out; what a dead process began is free after a minute.</summary>
    public async Task<bool> Begin(string actor, string key, byte[] request, CancellationToken cancel)
    {
        const string beginRequest = """
            INSERT INTO idempotency AS i (actor, key, request, created_at) VALUES ($1, $2, $3, clock())
            ON CONFLICT (actor, key) DO UPDATE SET created_at = excluded.created_at
            WHERE i.status IS NULL AND i.request = excluded.request AND i.created_at < clock() - interval '60 seconds'
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
        return new StoredAnswer(reader.GetFieldValue<byte[]>(0), reader.IsDBNull(1) ? null : reader.GetInt32(1),
            reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3),
            reader.IsDBNull(4) ? null : reader.GetString(4));
    }

    public async Task Finish(string actor, string key, StoredAnswer answer, AuditEntry audit, CancellationToken cancel)
    {
        const string finishRequest = """
            WITH noted AS (
                INSERT INTO audit (at, actor, action, target, detail) VALUES (clock(), $1, $7, $8, $9))
            UPDATE idempotency SET status = $3, content_type = $4, response = $5, location = nullif($6, '')
            WHERE actor = $1 AND key = $2
            """;
        await using var command = Command(finishRequest, actor, key, answer.Status!.Value,
            answer.ContentType ?? "", answer.Response ?? "", answer.Location ?? "",
            audit.Action, audit.Target, audit.Detail);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task Forget(string actor, string key, CancellationToken cancel)
    {
        const string forgetRequest = "DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND status IS NULL";
        await using var command = Command(forgetRequest, actor, key);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.Reads.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
