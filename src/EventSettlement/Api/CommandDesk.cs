using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using EventSettlement.Access;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Api;

/// <summary>A command and what the saga answered; outcome null while it is under way.</summary>
public sealed record CommandAnswered(
    Guid CommandId,
    Guid SettlementId,
    string Verb,
    string Actor,
    DateTimeOffset CreatedAt,
    DateTimeOffset? AnsweredAt,
    string? Outcome,
    string? Code,
    string? Reason
);

/// <summary>
/// Writes a command and its message in one transaction and waits a little for the answer. The command's id comes from
/// the request's key, so a request that is carried out again after a crash finds its command and adds no second one.
/// </summary>
public sealed class CommandDesk(Database database, IOutgoingWriter outgoing, Topology topology)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public async Task<IResult> Ask(Guid settlement, string verb, bool includeRejected, string? reason, HttpContext http)
    {
        var cancel = http.RequestAborted;
        await MustStand(settlement, cancel);
        var actor = Actor.Of(http).Name;
        var id = CommandId(actor, http.Request.Headers["Idempotency-Key"].ToString(), settlement, verb);
        var message = Message(settlement, id, (verb, actor, includeRejected, reason));
        await Write(
            (id, settlement, verb, JsonSerializer.Serialize(new { includeRejected, reason }), actor),
            message,
            cancel
        );
        return Answer(await Await(id, cancel), http);
    }

    public async Task<CommandAnswered?> Find(Guid id, CancellationToken cancel)
    {
        const string findCommand = """
            SELECT command_id, settlement_id, verb, actor, created_at, answered_at, outcome, code, reason
            FROM command WHERE command_id = $1
            """;
        return (await database.Query<CommandAnswered>(findCommand, cancel, id)).SingleOrDefault();
    }

    private static IResult Answer(CommandAnswered command, HttpContext http)
    {
        if (command.Outcome == "REFUSED")
            throw new ProblemException(
                409,
                "refused_by_state",
                command.Reason ?? command.Code ?? "refused",
                "see the settlement and its history",
                errors: new FieldError("/state", command.Code ?? "refused", Code: command.Code)
            );
        if (command.Outcome is not null)
            return Results.Json(command, ApiJson.Options);
        http.Response.Headers.Location = $"/v1/commands/{command.CommandId}";
        return Results.Json(command, ApiJson.Options, statusCode: 202);
    }

    private async Task MustStand(Guid settlement, CancellationToken cancel)
    {
        const string standing = """
            SELECT EXISTS (SELECT 1 FROM settlement WHERE settlement_id = $1)::int
                + EXISTS (SELECT 1 FROM settlement_request WHERE settlement_id = $1)::int
            """;
        await using var command = database.Reads.CreateCommand(standing);
        command.Parameters.AddWithValue(settlement);
        switch (await command.ExecuteScalarAsync(cancel))
        {
            case 0:
                throw SettlementRoutes.NotFound(settlement);
            case 1:
                throw new ProblemException(
                    409,
                    "refused_by_state",
                    "the settlement has only just been planned",
                    "ask again in a moment with a new key",
                    retryable: true,
                    errors: new FieldError("/state", "not_started", Code: "not_started")
                );
        }
    }

    private async Task Write(
        (Guid Id, Guid Settlement, string Verb, string Arguments, string Actor) row,
        OutgoingMessage message,
        CancellationToken cancel
    )
    {
        const string insertCommand = """
            INSERT INTO command (command_id, settlement_id, verb, arguments, actor, created_at)
            VALUES ($1, $2, $3, $4, $5, clock()) ON CONFLICT (command_id) DO NOTHING
            """;
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(insertCommand, connection, transaction);
        foreach (var value in new object[] { row.Id, row.Settlement, row.Verb, row.Arguments, row.Actor })
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        if (await command.ExecuteNonQueryAsync(cancel) == 0)
            return;
        await outgoing.Write(connection, transaction, [message], cancel);
        await transaction.CommitAsync(cancel);
        outgoing.Wake([message]);
    }

    private async Task<CommandAnswered> Await(Guid id, CancellationToken cancel)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var command =
                await Find(id, cancel) ?? throw new InvalidOperationException("a command that was written is gone");
            if (command.Outcome is not null || Stopwatch.GetElapsedTime(since) > Patience)
                return command;
            await Task.Delay(Look, cancel);
        }
    }

    private OutgoingMessage Message(
        Guid settlement,
        Guid id,
        (string Verb, string Actor, bool Rejected, string? Reason) asked
    )
    {
        var key = settlement.ToString("D");
        return asked.Verb switch
        {
            "retry" => topology.Message(key, new RetrySettlement(settlement, id, asked.Actor, asked.Rejected)),
            "cancel" => topology.Message(key, new CancelSettlement(settlement, id, asked.Actor, asked.Reason ?? "")),
            "hold" => topology.Message(key, new HoldSettlement(settlement, id, asked.Actor, asked.Reason)),
            _ => topology.Message(key, new ReleaseSettlement(settlement, id, asked.Actor)),
        };
    }

    internal static Guid CommandId(string actor, string key, Guid settlement, string verb) =>
        new(
            SHA256
                .HashData(JsonSerializer.SerializeToUtf8Bytes<string[]>([actor, key, settlement.ToString("D"), verb]))
                .AsSpan(0, 16),
            bigEndian: true
        );
}
