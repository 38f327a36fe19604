using System.Text.Json;
using EventSettlement.Access;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>How many commands of a selection were refused for the same reason.</summary>
public sealed record RefusalCount(string Code, long Count);

/// <summary>Settlements that were chosen by a filter, as they were then; and what became of acting on them.</summary>
/// <param name="Amount">What was unpaid of them, in minor units of the currency.</param>
/// <param name="Verb">Null until it was acted on.</param>
/// <param name="Waiting">Commands without an answer yet.</param>
public sealed record SelectionShown(
    Guid SelectionId,
    string Actor,
    DateTimeOffset CreatedAt,
    int Count,
    decimal Amount,
    string? Currency,
    string? Verb,
    long Done,
    long Refused,
    long Waiting,
    IReadOnlyList<RefusalCount> Refusals
);

/// <summary>
/// "Retry these N": what a person has seen is what is acted on, or nothing. One transaction holds all commands and
/// their messages, and is refused when one of the settlements has moved on since.
/// </summary>
public sealed class SelectionDesk(Database database, SelectionRows rows, IOutgoingWriter outgoing, Topology topology)
{
    private const string ShowSelection = """
        SELECT selection_id, actor, created_at, cardinality(settlement_ids) AS count, amount,
            CASE WHEN cardinality(currencies) = 1 THEN currencies[1] END AS currency, verb
        FROM selection WHERE selection_id = $1
        """;

    private const string CountOutcomes = """
        SELECT coalesce(c.code, c.outcome, '') AS code, count(*) AS count
        FROM selection s CROSS JOIN unnest(s.command_ids) AS u(id) JOIN command c ON c.command_id = u.id
        WHERE s.selection_id = $1 GROUP BY 1 ORDER BY 1
        """;

    public async Task<SelectionShown> Freeze(SettlementFilter filter, HttpContext http)
    {
        var cancel = http.RequestAborted;
        var id = Guid.CreateVersion7();
        var count = await rows.Freeze(id, filter, Actor.Of(http).Name, cancel);
        if (count <= SelectionRows.MostSettlements)
            return (await Find(id, cancel))!;
        await rows.Forget(id, cancel);
        throw new ProblemException(
            422,
            "selection_too_large",
            $"more than {SelectionRows.MostSettlements} settlements are selected",
            "narrow the filter"
        );
    }

    public async Task<SelectionShown?> Find(Guid id, CancellationToken cancel)
    {
        if ((await database.Query<SelectionRow>(ShowSelection, cancel, id)).SingleOrDefault() is not { } row)
            return null;
        var outcomes = await database.Query<RefusalCount>(CountOutcomes, cancel, id);
        long Of(string code) => outcomes.Where(o => o.Code == code).Sum(o => o.Count);
        var refusals = outcomes.FindAll(o => o.Code is not ("" or "DONE"));
        return new SelectionShown(
            row.SelectionId,
            row.Actor,
            row.CreatedAt,
            row.Count,
            row.Amount,
            row.Currency,
            row.Verb,
            Of("DONE"),
            refusals.Sum(r => r.Count),
            Of(""),
            refusals
        );
    }

    public async Task<SelectionShown> Retry(Guid id, bool includeRejected, HttpContext http)
    {
        var cancel = http.RequestAborted;
        var actor = Actor.Of(http).Name;
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var frozen = await SelectionRows.Lock(transaction, id, cancel) ?? throw NotFound(id);
        Guid[] commands = [.. frozen.Settlements.Select(s => CommandDesk.CommandId(actor, key, s, "retry"))];
        // The same request after a crash finds its own commands.
        if (frozen.Verb is null)
        {
            if (await SelectionRows.Moved(transaction, frozen, cancel) is > 0 and var moved)
                throw new ProblemException(
                    409,
                    "selection_changed",
                    $"{moved} of {frozen.Settlements.Length} settlements have moved on; nothing was done",
                    "select again and look at what is selected then"
                );
            OutgoingMessage[] messages =
            [
                .. frozen.Settlements.Zip(
                    commands,
                    (settlement, command) =>
                        topology.Message(
                            settlement.ToString("D"),
                            new RetrySettlement(settlement, command, actor, includeRejected)
                        )
                ),
            ];
            await SelectionRows.Use(
                transaction,
                (id, "retry", JsonSerializer.Serialize(new { includeRejected }), actor),
                commands,
                frozen.Settlements,
                cancel
            );
            await outgoing.Write(connection, transaction, messages, cancel);
            await transaction.CommitAsync(cancel);
            outgoing.Wake(messages);
        }
        else if (!frozen.Commands.SequenceEqual(commands))
            throw ProblemException.Refused("selection_used", "this selection was acted on already", "select again");

        return (await Find(id, cancel))!;
    }

    public static ProblemException NotFound(Guid id) =>
        ProblemException.NotFound("selection_not_found", $"there is no selection {id}");

    private sealed record SelectionRow(
        Guid SelectionId,
        string Actor,
        DateTimeOffset CreatedAt,
        int Count,
        decimal Amount,
        string? Currency,
        string? Verb
    );
}
