using System.Data;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Ledger;

/// <summary>
/// Proves that the books are right, and that they say the same as requests and items; all at one moment.
/// </summary>
public sealed class LedgerVerification(Database database)
{
    private const int MaxFindings = 100;

    private static readonly (string Name, string Sql)[] Checks =
    [
        (
            "each transaction sums to zero",
            """
            SELECT 'transaction ' || transaction_id || ' is off by ' || sum(amount) || ' ' || currency
            FROM posting GROUP BY transaction_id, currency HAVING sum(amount) <> 0 LIMIT 100
            """
        ),
        (
            "the whole ledger sums to zero",
            """
            SELECT 'the ledger is off by ' || sum(amount) || ' ' || currency FROM posting GROUP BY currency
                HAVING sum(amount) <> 0
            """
        ),
        (
            "each request is posted as it says",
            """
            SELECT 'settlement ' || r.settlement_id || ' is to be booked as ' || r.booking || ', posted is '
                   || coalesce(p.booking, '{}')
            FROM settlement_request r
            LEFT JOIN (SELECT settlement_id, sum(amount) FILTER (WHERE account LIKE '%:payable') AS payable,
                              jsonb_object_agg(split_part(account, ':', 2), amount) AS booking
                       FROM posting WHERE kind = 'creation' GROUP BY settlement_id) p USING (settlement_id)
            WHERE r.amount <> coalesce(p.payable, 0) OR r.booking <> coalesce(p.booking, '{}') LIMIT 100
            """
        ),
        (
            "the items of a request sum to what is owed",
            """
            SELECT 'settlement ' || r.settlement_id || ' owes ' || r.amount || ', its items ' || coalesce(i.amount, 0)
            FROM settlement_request r
            LEFT JOIN (SELECT settlement_id, sum(amount) AS amount, count(*) AS items
                       FROM settlement_item GROUP BY settlement_id) i
                 USING (settlement_id)
            WHERE r.amount <> coalesce(i.amount, 0) OR r.items <> coalesce(i.items, 0) LIMIT 100
            """
        ),
        (
            "payable is what is not yet paid",
            """
            SELECT 'settlement ' || settlement_id || ' has ' || coalesce(p.payable, 0) || ' payable and '
                   || coalesce(i.unpaid, 0) || ' unpaid'
            FROM (SELECT settlement_id, sum(amount) AS payable FROM posting WHERE account LIKE '%:payable'
                  GROUP BY settlement_id) p
            FULL JOIN (SELECT settlement_id, sum(amount)
                              FILTER (WHERE state NOT IN ('PAID', 'CANCELLED', 'WRITTEN_OFF')) AS unpaid
                       FROM settlement_item GROUP BY settlement_id) i USING (settlement_id)
            WHERE coalesce(p.payable, 0) <> coalesce(i.unpaid, 0) LIMIT 100
            """
        ),
        (
            "clearing is what was paid",
            """
            SELECT 'settlement ' || settlement_id || ' has ' || coalesce(p.cleared, 0) || ' cleared and '
                   || coalesce(i.paid, 0) || ' paid'
            FROM (SELECT settlement_id, sum(amount) AS cleared FROM posting WHERE account LIKE '%:clearing-%'
                  GROUP BY settlement_id) p
            FULL JOIN (SELECT settlement_id, sum(amount) FILTER (WHERE state = 'PAID') AS paid
                       FROM settlement_item GROUP BY settlement_id) i USING (settlement_id)
            WHERE coalesce(p.cleared, 0) <> coalesce(i.paid, 0) LIMIT 100
            """
        ),
    ];

    public async Task<LedgerProof> Verify(CancellationToken cancel)
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var passed = new List<string>();
        var findings = new List<string>();
        foreach (var (name, sql) in Checks)
        {
            var before = findings.Count;
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 600 };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                findings.Add($"{name}: {reader.GetString(0)}");
            if (findings.Count == before)
                passed.Add(name);
            if (findings.Count >= MaxFindings)
                break;
        }

        return new LedgerProof(findings.Count == 0, passed, findings);
    }
}

/// <summary>What was proven and what is wrong.</summary>
public sealed record LedgerProof(bool Right, IReadOnlyList<string> Passed, IReadOnlyList<string> Findings);
