using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Ledger;

/// <summary>
/// Writes ledger transactions: all of one database transaction in one statement, which the balance check sees whole.
/// </summary>
public static class Postings
{
    // Materialized, so that each ledger transaction draws its number once and not once a line.
    private const string InsertSql = """
        WITH entry AS MATERIALIZED (
            SELECT nextval('ledger_transaction_seq') AS id, clock() AS at, p.*
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                AS p(settlement_id, kind, reference, currency, account1, amount1, account2, amount2, account3, amount3))
        INSERT INTO posting (transaction_id, line, account, currency, amount, kind, reference, settlement_id, at)
        SELECT e.id, l.line, l.account, e.currency, l.amount, e.kind, e.reference, e.settlement_id, e.at
        FROM entry e CROSS JOIN LATERAL (VALUES
            (1::smallint, e.account1, e.amount1), (2::smallint, e.account2, e.amount2),
            (3::smallint, e.account3, e.amount3))
            AS l(line, account, amount)
        WHERE l.amount <> 0
        """;

    public static async Task Insert(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<Posting> postings,
        CancellationToken cancel = default
    )
    {
        if (postings.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Insert(postings) } };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The same as a statement of a larger batch.</summary>
    public static NpgsqlBatchCommand Insert(IReadOnlyList<Posting> postings)
    {
        var texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
        var amounts = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
        var command = new NpgsqlBatchCommand(InsertSql);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid, p => p.SettlementId);
        Add(texts, p => p.Kind);
        Add(texts, p => p.Reference);
        Add(texts, p => p.Currency);
        Add(texts, p => p.First.Account);
        Add(amounts, p => p.First.Amount);
        Add(texts, p => p.Second.Account);
        Add(amounts, p => p.Second.Amount);
        Add(texts, p => p.Third.Account);
        Add(amounts, p => p.Third.Amount);
        return command;

        void Add<T>(NpgsqlDbType type, Func<Posting, T> column)
        {
            var values = new T[postings.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = column(postings[i]);
            command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = type });
        }
    }
}
