using EventSettlement.Contracts;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Payouts.Rows;

/// <summary>
/// Changes of items outside an attempt: the part is held first, then counted whole, and the saga is told.
/// </summary>
internal static class CorrectionRows
{
    private const string HoldSql = """
        UPDATE settlement_part s SET revision = s.revision + 1
        FROM (SELECT settlement_id, part FROM settlement_part 
            WHERE (settlement_id, part) IN (SELECT * FROM unnest($1, $2))
            ORDER BY settlement_id, part FOR UPDATE) held
        WHERE s.settlement_id = held.settlement_id AND s.part = held.part
        RETURNING s.settlement_id, s.part, s.revision
        """;

    private const string CountSql = """
        SELECT p.settlement_id, p.part, i.state, i.needs_person, count(*)::int, sum(i.amount)::bigint
        FROM unnest($1, $2) AS p(settlement_id, part)
        JOIN settlement_item i ON i.settlement_id = p.settlement_id
            AND i.no BETWEEN p.part * 500 + 1 AND p.part * 500 + 500
        GROUP BY p.settlement_id, p.part, i.state, i.needs_person
        """;

    /// <summary>The parts' new revisions; nobody else changes their items until the end of the transaction.</summary>
    public static async Task<Dictionary<(Guid, int), int>> Hold(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyCollection<(Guid Id, int Part)> parts,
        CancellationToken cancel
    )
    {
        await using var command = Over(HoldSql, connection, transaction, parts);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var revisions = new Dictionary<(Guid, int), int>();
        while (await rows.ReadAsync(cancel))
            revisions[(rows.GetGuid(0), rows.GetInt32(1))] = rows.GetInt32(2);
        return revisions;
    }

    public static async Task<List<PartCorrected>> Corrections(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Dictionary<(Guid Id, int Part), int> revisions,
        string cause,
        string actor,
        CancellationToken cancel
    )
    {
        var tallies = revisions.Keys.ToDictionary(k => k, _ => new PartTally());
        await using var command = Over(CountSql, connection, transaction, revisions.Keys);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            tallies[(rows.GetGuid(0), rows.GetInt32(1))]
                .Add(rows.GetString(2), rows.GetBoolean(3), rows.GetInt32(4), rows.GetInt64(5));
        return revisions
            .Select(r => new PartCorrected(r.Key.Id, r.Key.Part, r.Value, tallies[r.Key].Counts(), cause, actor))
            .ToList();
    }

    private static NpgsqlCommand Over(
        string sql,
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyCollection<(Guid Id, int Part)> parts
    ) =>
        new(sql, connection, transaction)
        {
            Parameters =
            {
                RowArrays.Uuids(parts.Select(p => p.Id).ToArray()),
                RowArrays.Integers(parts.Select(p => p.Part).ToArray()),
            },
        };
}
