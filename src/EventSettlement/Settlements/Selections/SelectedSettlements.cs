using EventSettlement.Platform;

namespace EventSettlement.Settlements.Selections;

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
public sealed class SelectedSettlements(Database database, SelectionRows rows, AskSettlement ask)
{
    private const string ShowSelection = """
        SELECT selection_id, actor, created_at, cardinality(settlement_ids) AS count, amount,
            CASE WHEN cardinality(currencies) = 1 THEN currencies[1] END AS currency, verb
        FROM selection WHERE selection_id = @id
        """;

    private const string CountOutcomes = """
        SELECT coalesce(c.code, c.outcome, '') AS code, count(*) AS count
        FROM selection s CROSS JOIN unnest(s.command_ids) AS u(id) JOIN command c ON c.command_id = u.id
        WHERE s.selection_id = @id GROUP BY 1 ORDER BY 1
        """;

    public async Task<SelectionShown> Freeze(SettlementFilter filter, string actor, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        var count = await rows.Freeze(id, filter, actor, cancel);
        if (count <= SelectionRows.MostSettlements)
            return await Show(id, cancel);
        await rows.Forget(id, cancel);
        throw new ProblemException(
            422,
            "selection_too_large",
            $"more than {SelectionRows.MostSettlements} settlements are selected",
            "narrow the filter"
        );
    }

    /// <exception cref="ProblemException">There is none.</exception>
    public async Task<SelectionShown> Show(Guid id, CancellationToken cancel)
    {
        var row = await database.QueryOne<SelectionRow>(ShowSelection, new { id }, cancel) ?? throw NotFound(id);
        var outcomes = await database.Query<RefusalCount>(CountOutcomes, new { id }, cancel);
        long Count(string code) => outcomes.Where(o => o.Code == code).Sum(o => o.Count);
        var refusals = outcomes.FindAll(o => o.Code is not ("" or "DONE"));
        return new SelectionShown(
            row.SelectionId,
            row.Actor,
            row.CreatedAt,
            row.Count,
            row.Amount,
            row.Currency,
            row.Verb,
            Count("DONE"),
            refusals.Sum(r => r.Count),
            Count(""),
            refusals
        );
    }

    /// <param name="key">The request's own name.</param>
    public async Task<SelectionShown> Retry(
        Guid id,
        bool includeRejected,
        string actor,
        string key,
        CancellationToken cancel
    )
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var frozen = await SelectionRows.Lock(transaction, id, cancel) ?? throw NotFound(id);
        SettlementCommand[] commands =
        [
            .. frozen.Settlements.Select(settlement => new SettlementCommand(
                AskSettlement.IdOf(actor, key, settlement, SettlementVerb.Retry),
                settlement,
                SettlementVerb.Retry,
                actor,
                IncludeRejected: includeRejected
            )),
        ];
        // The same request after a crash finds its own commands.
        if (frozen.Verb is null)
        {
            if (await SelectionRows.CountMoved(transaction, frozen, cancel) is > 0 and var moved)
                throw new ProblemException(
                    409,
                    "selection_changed",
                    $"{moved} of {frozen.Settlements.Length} settlements have moved on; nothing was done",
                    "select again and look at what is selected then"
                );
            var asked = await ask.Write(transaction, commands, cancel);
            await SelectionRows.MarkUsed(transaction, id, SettlementVerb.Retry, commands, cancel);
            await transaction.CommitAsync(cancel);
            ask.Wake(asked);
        }
        else if (!frozen.Commands.SequenceEqual(commands.Select(c => c.Id)))
            throw ProblemException.Refused("selection_used", "this selection was acted on already", "select again");

        return await Show(id, cancel);
    }

    private static ProblemException NotFound(Guid id) =>
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
