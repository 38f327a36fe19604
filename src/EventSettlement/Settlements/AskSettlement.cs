using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Settlements;

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

/// <summary>What a transaction has asked; <see cref="AskSettlement.Wake"/> after its commit.</summary>
/// <param name="Ids">Commands that had not been asked before.</param>
public sealed record AskedCommands(IReadOnlySet<Guid> Ids, IReadOnlyCollection<OutgoingMessage> Messages);

/// <summary>
/// The one way to ask a settlement for something: a row of the table <c>command</c> and its message, in one
/// transaction. The saga answers it once.
/// </summary>
public sealed class AskSettlement(Database database, IOutgoingWriter outgoing, Topology topology)
{
    private const string InsertCommands = """
        INSERT INTO command (command_id, settlement_id, verb, arguments, actor, created_at)
        SELECT command_id, settlement_id, verb, arguments, actor, clock()
        FROM unnest($1, $2, $3, $4, $5) AS asked (command_id, settlement_id, verb, arguments, actor)
        ORDER BY command_id ON CONFLICT (command_id) DO NOTHING RETURNING command_id
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Of a request: the same request that is carried out again after a crash finds its command and adds no second one.
    /// </summary>
    /// <param name="key">The request's own name, which belongs to its actor.</param>
    public static Guid IdOf(string actor, string key, Guid settlement, SettlementVerb verb) =>
        new(
            SHA256
                .HashData(
                    JsonSerializer.SerializeToUtf8Bytes<string[]>([
                        actor,
                        key,
                        settlement.ToString("D"),
                        verb.ToString(),
                    ])
                )
                .AsSpan(0, 16),
            bigEndian: true
        );

    /// <summary>Asks one, and waits a little for the answer.</summary>
    /// <exception cref="ProblemException">There is no such settlement, or the saga has not heard of it yet.</exception>
    public async Task<CommandAnswered> Ask(SettlementCommand command, CancellationToken cancel)
    {
        await CheckStarted(command.SettlementId, cancel);
        await using (var connection = await database.Hot.OpenConnectionAsync(cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var asked = await Write(transaction, [command], cancel);
            await transaction.CommitAsync(cancel);
            Wake(asked);
        }

        return await WaitForAnswer(command.Id, cancel);
    }

    /// <summary>Asks many in the caller's transaction.</summary>
    public async Task<AskedCommands> Write(
        NpgsqlTransaction transaction,
        IReadOnlyCollection<SettlementCommand> commands,
        CancellationToken cancel
    )
    {
        var added = new HashSet<Guid>();
        await using (var insert = new NpgsqlCommand(InsertCommands, transaction.Connection, transaction))
        {
            Add(NpgsqlDbType.Uuid, c => c.Id);
            Add(NpgsqlDbType.Uuid, c => c.SettlementId);
            Add(NpgsqlDbType.Text, c => c.VerbName);
            Add(
                NpgsqlDbType.Text,
                c => JsonSerializer.Serialize(new { c.IncludeRejected, c.Reason }, JsonSerializerOptions.Web)
            );
            Add(NpgsqlDbType.Text, c => c.Actor);
            await using var row = await insert.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
                added.Add(row.GetGuid(0));

            void Add<T>(NpgsqlDbType type, Func<SettlementCommand, T> column) =>
                insert.Parameters.Add(
                    new() { Value = commands.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type }
                );
        }

        OutgoingMessage[] messages = [.. commands.Where(c => added.Contains(c.Id)).Select(c => c.ToMessage(topology))];
        if (messages.Length > 0)
            await outgoing.Write(transaction.Connection!, transaction, messages, cancel);
        return new AskedCommands(added, messages);
    }

    /// <summary>After the commit of the transaction that asked.</summary>
    public void Wake(AskedCommands asked) => outgoing.Wake(asked.Messages);

    public Task<CommandAnswered?> Find(Guid id, CancellationToken cancel)
    {
        const string findCommand = """
            SELECT command_id, settlement_id, verb, actor, created_at, answered_at, outcome, code, reason
            FROM command WHERE command_id = @id
            """;
        return database.QueryOne<CommandAnswered>(findCommand, new { id }, cancel);
    }

    private async Task CheckStarted(Guid settlement, CancellationToken cancel)
    {
        const string findStarted = """
            SELECT EXISTS (SELECT FROM settlement WHERE settlement_id = r.settlement_id)
            FROM settlement_request r WHERE settlement_id = @settlement
            """;
        switch (await database.QueryOne<bool?>(findStarted, new { settlement }, cancel))
        {
            case null:
                throw SettlementReads.NotFound(settlement);
            case false:
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

    private async Task<CommandAnswered> WaitForAnswer(Guid id, CancellationToken cancel)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var command =
                await Find(id, cancel) ?? throw new InvalidOperationException("a command that was written is gone");
            if (command.Outcome is not null || Stopwatch.GetElapsedTime(since) > Patience)
                return command;
            await Task.Delay(BetweenLooks, cancel);
        }
    }
}
