using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Api;

/// <summary>What a selection was frozen with: each settlement in the version that it had.</summary>
internal sealed record FrozenSelection(Guid[] Settlements, long[] Versions, string? Verb, Guid[] Commands);

/// <summary>Table selection.</summary>
public sealed class SelectionRows(Database database)
{
    /// <summary>A person looks at what is selected; more than this needs a narrower filter.</summary>
    public const int MostSettlements = 10_000;

    private const string FreezeSettlements = """
        WITH swept AS (DELETE FROM selection WHERE verb IS NULL AND created_at < clock() - interval '1 day')
        INSERT INTO selection (selection_id, actor, settlement_ids, versions, amount, currencies, created_at)
        SELECT $5, $6, coalesce(array_agg(settlement_id ORDER BY created_at, settlement_id), ARRAY[]::uuid[]),
            coalesce(array_agg(version ORDER BY created_at, settlement_id), ARRAY[]::bigint[]),
            coalesce(sum(amount - paid_amount), 0),
            coalesce(array_agg(DISTINCT currency), ARRAY[]::text[]), clock()
        FROM (SELECT settlement_id, version, amount, paid_amount, currency, created_at FROM settlement
              WHERE ($1 IS NULL OR state = ANY ($1)) AND ($2 IS NULL OR programme = $2)
                AND ($3 IS NULL OR run_id = $3) AND ($4 IS NULL OR subject = $4)
              ORDER BY created_at, settlement_id LIMIT 10001) s
        RETURNING cardinality(settlement_ids)
        """;

    private const string ReadFrozen = """
        SELECT settlement_ids, versions, verb, command_ids FROM selection WHERE selection_id = $1 FOR UPDATE
        """;

    private const string CountMoved = """
        SELECT count(*) FROM unnest($1, $2) AS frozen(id, version)
        LEFT JOIN settlement s ON s.settlement_id = frozen.id WHERE s.version IS DISTINCT FROM frozen.version
        """;

    private const string InsertCommands = """
        INSERT INTO command (command_id, settlement_id, verb, arguments, actor, created_at)
        SELECT c.command_id, c.settlement_id, $3, $4, $5, clock() FROM unnest($1, $2) AS c(command_id, settlement_id)
        """;

    private const string MarkUsed = "UPDATE selection SET verb = $2, command_ids = $3 WHERE selection_id = $1";

    /// <returns>How many settlements it holds; one more than the most where there are too many.</returns>
    public async Task<int> Freeze(Guid selection, SettlementFilter filter, string actor, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(FreezeSettlements);
        command.Parameters.AddRange(filter.Parameters());
        command.Parameters.AddWithValue(selection);
        command.Parameters.AddWithValue(actor);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async Task Forget(Guid selection, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand("DELETE FROM selection WHERE selection_id = $1");
        command.Parameters.AddWithValue(selection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    internal static async Task<FrozenSelection?> Lock(NpgsqlTransaction transaction, Guid id, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(ReadFrozen, transaction.Connection, transaction);
        command.Parameters.AddWithValue(id);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new FrozenSelection(
                row.GetFieldValue<Guid[]>(0),
                row.GetFieldValue<long[]>(1),
                row.IsDBNull(2) ? null : row.GetString(2),
                row.IsDBNull(3) ? [] : row.GetFieldValue<Guid[]>(3)
            )
            : null;
    }

    internal static async Task<long> Moved(
        NpgsqlTransaction transaction,
        FrozenSelection frozen,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(CountMoved, transaction.Connection, transaction);
        command.Parameters.Add(Array(frozen.Settlements, NpgsqlDbType.Uuid));
        command.Parameters.Add(Array(frozen.Versions, NpgsqlDbType.Bigint));
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>One command a settlement, and the selection remembers them.</summary>
    internal static async Task Use(
        NpgsqlTransaction transaction,
        (Guid Selection, string Verb, string Arguments, string Actor) use,
        Guid[] commands,
        Guid[] settlements,
        CancellationToken cancel
    )
    {
        await using var insert = new NpgsqlCommand(InsertCommands, transaction.Connection, transaction);
        insert.Parameters.Add(Array(commands, NpgsqlDbType.Uuid));
        insert.Parameters.Add(Array(settlements, NpgsqlDbType.Uuid));
        foreach (var text in new[] { use.Verb, use.Arguments, use.Actor })
            insert.Parameters.AddWithValue(text);
        await insert.ExecuteNonQueryAsync(cancel);
        await using var mark = new NpgsqlCommand(MarkUsed, transaction.Connection, transaction);
        mark.Parameters.AddWithValue(use.Selection);
        mark.Parameters.AddWithValue(use.Verb);
        mark.Parameters.Add(Array(commands, NpgsqlDbType.Uuid));
        await mark.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameter Array<T>(T[] values, NpgsqlDbType type) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
