using EventSettlement.Alerts;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Runs.Planning;

/// <summary>
/// A settlement that exists is never planned again; where the amount would be another one, people are told.
/// </summary>
internal static class PlanConflicts
{
    private const string DifferentSql = """
        SELECT settlement_request.programme, subject, settlement_request.amount, planned.amount, currency
        FROM unnest(@id, @amount, @kept) AS planned (id, amount, kept)
        JOIN settlement_request ON settlement_id = planned.id
        WHERE (settlement_request.amount, settlement_request.kept) IS DISTINCT FROM (planned.amount, planned.kept)
        """;

    public static async Task Raise(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        long run,
        List<PlannedSettlement> existing,
        CancellationToken cancel
    )
    {
        var alerts = new List<Alert>();
        await using var read = new NpgsqlCommand(DifferentSql, connection, transaction);
        Add(read, "id", NpgsqlDbType.Uuid, existing.Select(p => p.Id));
        Add(read, "amount", NpgsqlDbType.Bigint, existing.Select(p => p.Total));
        Add(read, "kept", NpgsqlDbType.Bigint, existing.Select(p => p.Kept));
        await using (var reader = await read.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                alerts.Add(
                    new Alert(
                        FormattableString.Invariant($"run {run} {reader.GetString(0)} amount_differs"),
                        "amount_differs",
                        FormattableString.Invariant($"{reader.GetString(1)} is settled with {reader.GetInt64(2)} ")
                            + FormattableString.Invariant(
                                $"and would be {reader.GetInt64(3)} now; it was not planned again"
                            ),
                        "compare `settle settlement explain` with the fact, and correct by hand what is owed",
                        reader.GetInt64(3),
                        reader.GetString(4)
                    )
                );
        if (alerts.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { AlertRows.Upsert(alerts) },
        };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static void Add<T>(NpgsqlCommand command, string name, NpgsqlDbType type, IEnumerable<T> values) =>
        command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = values.ToArray() });
}
