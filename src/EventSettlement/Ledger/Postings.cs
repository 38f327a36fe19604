using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Ledger;

/// <summary>
/// Writes ledger transactions: all of one database transaction in one statement, which the balance check sees whole.
/// </summary>
public static class Postings
{
    // A row a line, in order: the first line of a ledger transaction draws its number, the others go by it.
    private const string InsertSql = """
        WITH now AS MATERIALIZED (SELECT clock() AS at)
        INSERT INTO posting (transaction_id, line, account, currency, amount, kind, reference, settlement_id, at)
        SELECT CASE line WHEN 1 THEN nextval('ledger_transaction_seq') ELSE currval('ledger_transaction_seq') END,
            line, account, currency, amount, kind, reference, settlement_id, now.at
        FROM unnest($1, $2, $3, $4, $5, $6, $7)
            AS l(settlement_id, kind, reference, currency, line, account, amount), now
        """;

    private const string CreationSql = """
        SELECT account, amount, reference, currency FROM posting WHERE settlement_id = $1 AND kind = 'creation'
        ORDER BY line
        """;

    /// <returns>Null when no money moved.</returns>
    public static async Task<Posting?> FindCreation(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Guid settlementId,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(CreationSql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = settlementId });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var lines = new List<Line>();
        var (reference, currency) = ("", "");
        while (await row.ReadAsync(cancel))
        {
            lines.Add(new Line(row.GetString(0), row.GetInt64(1)));
            (reference, currency) = (row.GetString(2), row.GetString(3));
        }

        return lines.Count == 0
            ? null
            : Posting.Of(settlementId, PostingKinds.Creation, reference, currency, [.. lines]);
    }

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
        var rows = new List<(Posting Of, short No, Line Line)>(postings.Count * 3);
        foreach (var posting in postings)
            for (var i = 0; i < posting.Lines.Count; i++)
                rows.Add((posting, (short)(i + 1), posting.Lines[i]));
        return new NpgsqlBatchCommand(InsertSql)
            .Uuids(rows, r => r.Of.SettlementId)
            .Texts(rows, r => r.Of.Kind)
            .Texts(rows, r => r.Of.Reference)
            .Texts(rows, r => r.Of.Currency)
            .Smallints(rows, r => r.No)
            .Texts(rows, r => r.Line.Account)
            .Bigints(rows, r => r.Line.Amount);
    }
}
