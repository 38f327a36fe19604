using EventSettlement.Settlements.Saga;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Ledger.Watching;

/// <summary>How far the watch has come.</summary>
/// <param name="Now">By the database's clock.</param>
internal sealed record WatchPlace(DateTime At, Guid SettlementId, DateTime Now)
{
    public static readonly Guid Last = new("ffffffff-ffff-ffff-ffff-ffffffffffff");
}

/// <summary>What the watch reads, each statement at one moment, and where it stands.</summary>
internal static class WatchRows
{
    /// <summary>
    /// Changes a look. A settlement changes three times on its way to COMPLETED, in a bulk run within a second or two;
    /// what falls into one look is compared once.
    /// </summary>
    public const int MostChanges = 5_000;

    // Whoever holds the row looks; the others find nothing to do.
    private const string TakeSql = "SELECT at, settlement_id, clock() FROM ledger_watch FOR UPDATE SKIP LOCKED";

    private const string MoveSql = "UPDATE ledger_watch SET at = $1, settlement_id = $2";

    // Both halves are read along their index, so that a look costs what it finds and nothing besides.
    private const string ChangedSql = """
        (SELECT at, settlement_id FROM settlement_history WHERE to_state <> 'PROCESSING'
            AND (at, settlement_id) > ($1, $3) AND at <= $2 ORDER BY at, settlement_id LIMIT 5000)
        UNION
        (SELECT at, settlement_id FROM posting WHERE line = 1 AND kind <> 'creation'
            AND (at, settlement_id) > ($1, $3) AND at <= $2 ORDER BY at, settlement_id LIMIT 5000)
        ORDER BY at, settlement_id LIMIT 5000
        """;

    private const string AlertedSql = """
        SELECT split_part(cause, ' ', 2)::uuid FROM alert WHERE state = 'OPEN' AND code = $1 ORDER BY cause LIMIT $2
        """;

    private const string SumsSql = """
        SELECT r.settlement_id, r.programme, r.currency, s.state, r.amount, r.booking::text, p.booking::text, p.payable,
            p.cleared, i.amount, i.unpaid, i.paid, s.paid_amount, s.parts,
            (SELECT coalesce(sum(revision), 0) FROM settlement_part t WHERE t.settlement_id = r.settlement_id)::bigint,
            EXISTS (SELECT FROM alert a WHERE a.cause = 'settlement ' || r.settlement_id || ' ledger_imbalance'
                AND a.state = 'OPEN'), r.downstream
        FROM settlement_request r
        LEFT JOIN settlement s ON s.settlement_id = r.settlement_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount), 0)::bigint AS amount,
                coalesce(sum(amount) FILTER (WHERE state = 'PAID'), 0)::bigint AS paid,
                coalesce(sum(amount) FILTER (WHERE state NOT IN ('PAID', 'CANCELLED', 'WRITTEN_OFF')), 0)::bigint
                    AS unpaid
            FROM settlement_item WHERE settlement_id = r.settlement_id) i
        CROSS JOIN LATERAL (
            SELECT coalesce(
                jsonb_object_agg(split_part(account, ':', 2), amount) FILTER (WHERE kind = 'creation'), '{}')
                    AS booking,
                coalesce(sum(amount) FILTER (WHERE account = r.programme || ':payable'), 0)::bigint AS payable,
                coalesce(sum(amount) FILTER (WHERE starts_with(account, r.programme || ':clearing-')), 0)::bigint
                    AS cleared
            FROM posting WHERE settlement_id = r.settlement_id) p
        WHERE r.settlement_id = ANY ($1)
        """;

    /// <summary>Null while another process looks.</summary>
    public static async Task<WatchPlace?> Take(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(TakeSql, transaction.Connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new WatchPlace(row.GetDateTime(0), row.GetGuid(1), row.GetDateTime(2))
            : null;
    }

    public static async Task Move(
        NpgsqlTransaction transaction,
        DateTime at,
        Guid settlementId,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(MoveSql, transaction.Connection, transaction);
        command.Parameters.Add(Time(at));
        command.Parameters.Add(new() { Value = settlementId });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What changed after a place, in order of time; at most <see cref="MostChanges"/>.</summary>
    public static async Task<List<(DateTime At, Guid SettlementId)>> Changed(
        NpgsqlTransaction transaction,
        WatchPlace after,
        DateTime until,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(ChangedSql, transaction.Connection, transaction);
        command.Parameters.Add(Time(after.At));
        command.Parameters.Add(Time(until));
        command.Parameters.Add(new() { Value = after.SettlementId });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var changed = new List<(DateTime, Guid)>();
        while (await row.ReadAsync(cancel))
            changed.Add((row.GetDateTime(0), row.GetGuid(1)));
        return changed;
    }

    /// <summary>Settlements that an alert is open for.</summary>
    public static async Task<List<Guid>> Alerted(
        NpgsqlTransaction transaction,
        string code,
        int limit,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(AlertedSql, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = code });
        command.Parameters.Add(new() { Value = (long)limit });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var ids = new List<Guid>();
        while (await row.ReadAsync(cancel))
            ids.Add(row.GetGuid(0));
        return ids;
    }

    public static async Task<List<SettlementSums>> Sums(
        NpgsqlTransaction transaction,
        Guid[] ids,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(SumsSql, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var sums = new List<SettlementSums>();
        while (await row.ReadAsync(cancel))
            sums.Add(
                new SettlementSums(
                    row.GetGuid(0),
                    row.GetString(1),
                    row.GetString(2),
                    row.IsDBNull(3) ? null : row.GetString(3),
                    row.GetInt64(4),
                    row.GetString(5),
                    row.GetString(6),
                    row.GetInt64(7),
                    row.GetInt64(8),
                    row.GetInt64(9),
                    row.GetInt64(10),
                    row.GetInt64(11),
                    Told(row),
                    row.GetBoolean(15),
                    row.GetString(16)
                )
            );
        return sums;
    }

    // No part's revision is ever ahead of payouts', so equal sums say that the saga knows each part as it is.
    private static long? Told(NpgsqlDataReader row) =>
        !row.IsDBNull(13) && PartState.SumRevisions(row.GetString(13)) == row.GetInt64(14) ? row.GetInt64(12) : null;

    private static NpgsqlParameter Time(DateTime at) => new() { Value = at, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
