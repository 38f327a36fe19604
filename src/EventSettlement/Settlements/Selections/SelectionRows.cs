using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Settlements.Selections;

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
        SELECT @selection, @actor,
            coalesce(array_agg(settlement_id ORDER BY created_at, settlement_id), ARRAY[]::uuid[]),
            coalesce(array_agg(version ORDER BY created_at, settlement_id), ARRAY[]::bigint[]),
            coalesce(sum(amount - paid_amount), 0),
            coalesce(array_agg(DISTINCT currency), ARRAY[]::text[]), clock()
        FROM (SELECT settlement_id, version, amount, paid_amount, currency, created_at FROM settlement
              WHERE (@states::text[] IS NULL OR state = ANY (@states))
                AND (@programme IS NULL OR programme = @programme)
                AND (@run IS NULL OR run_id = @run) AND (@subject IS NULL OR subject = @subject)
              ORDER BY created_at, settlement_id LIMIT 10001) s
        RETURNING cardinality(settlement_ids)
        """;

    private const string ReadFrozen = """
        SELECT settlement_ids, versions, verb, command_ids FROM selection WHERE selection_id = $1 FOR UPDATE
        """;

    private const string CountVersions = """
        SELECT count(*) FROM unnest($1, $2) AS frozen(id, version)
        LEFT JOIN settlement s ON s.settlement_id = frozen.id WHERE s.version IS DISTINCT FROM frozen.version
        """;

    private const string MarkSelection = "UPDATE selection SET verb = $2, command_ids = $3 WHERE selection_id = $1";

    /// <returns>How many settlements it holds; one more than the most where there are too many.</returns>
    public Task<int> Freeze(Guid selection, SettlementFilter filter, string actor, CancellationToken cancel) =>
        database.QueryOne<int>(
            FreezeSettlements,
            new
            {
                selection,
                actor,
                filter.States,
                filter.Programme,
                filter.Run,
                filter.Subject,
            },
            cancel
        );

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

    internal static async Task<long> CountMoved(
        NpgsqlTransaction transaction,
        FrozenSelection frozen,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(CountVersions, transaction.Connection, transaction);
        command.Parameters.Add(Array(frozen.Settlements, NpgsqlDbType.Uuid));
        command.Parameters.Add(Array(frozen.Versions, NpgsqlDbType.Bigint));
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>It remembers the commands, one a settlement.</summary>
    internal static async Task MarkUsed(
        NpgsqlTransaction transaction,
        Guid selection,
        SettlementVerb verb,
        SettlementCommand[] commands,
        CancellationToken cancel
    )
    {
        await using var mark = new NpgsqlCommand(MarkSelection, transaction.Connection, transaction);
        mark.Parameters.AddWithValue(selection);
        mark.Parameters.AddWithValue(SettlementCommand.NameOf(verb));
        mark.Parameters.Add(Array(System.Array.ConvertAll(commands, c => c.Id), NpgsqlDbType.Uuid));
        await mark.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameter Array<T>(T[] values, NpgsqlDbType type) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
