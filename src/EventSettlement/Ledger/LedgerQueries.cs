using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Ledger;

/// <summary>The ledger to look at.</summary>
public sealed class LedgerQueries(Database database)
{
    private const string BalanceSql = """
        SELECT account, currency, sum(amount) FILTER (WHERE amount > 0), -sum(amount) FILTER (WHERE amount < 0),
               sum(amount), count(*)
        FROM posting GROUP BY account, currency ORDER BY account, currency
        """;

    private const string Columns =
        "transaction_id, line, account, currency, amount, kind, reference, settlement_id, at";

    private const string AllSql = $"""
        SELECT {Columns} FROM posting WHERE (transaction_id, line) > (@transaction, @line)
        ORDER BY transaction_id, line LIMIT @limit
        """;

    private const string OfSettlementSql = $"""
        SELECT {Columns} FROM posting
        WHERE settlement_id = @settlement AND (transaction_id, line) > (@transaction, @line)
        ORDER BY transaction_id, line LIMIT @limit
        """;

    /// <summary>By account and currency.</summary>
    public async Task<IReadOnlyList<AccountBalance>> Balance(CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(BalanceSql);
        var balances = new List<AccountBalance>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            balances.Add(
                new AccountBalance(
                    reader.GetString(0),
                    reader.GetString(1),
                    Sum(reader, 2),
                    Sum(reader, 3),
                    Sum(reader, 4),
                    reader.GetInt64(5)
                )
            );
        return balances;
    }

    /// <summary>In the order they were numbered.</summary>
    /// <param name="settlement">Null = all.</param>
    /// <param name="after">The last entry of the page before; null = from the first.</param>
    public async Task<IReadOnlyList<LedgerEntry>> Entries(
        Guid? settlement,
        LedgerPlace? after,
        int limit,
        CancellationToken cancel
    )
    {
        await using var command = database.Reads.CreateCommand(settlement is null ? AllSql : OfSettlementSql);
        if (settlement is { } id)
            command.Parameters.AddWithValue("settlement", id);
        command.Parameters.AddWithValue("transaction", after?.TransactionId ?? 0);
        command.Parameters.Add(
            new NpgsqlParameter("line", NpgsqlDbType.Smallint) { Value = (short)(after?.Line ?? 0) }
        );
        command.Parameters.AddWithValue("limit", limit);
        var entries = new List<LedgerEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            entries.Add(
                new LedgerEntry(
                    new LedgerPlace(reader.GetInt64(0), reader.GetInt16(1)),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetInt64(4),
                    reader.GetString(5),
                    reader.GetString(6),
                    reader.GetGuid(7),
                    reader.GetDateTime(8)
                )
            );
        return entries;
    }

    private static decimal Sum(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? 0 : reader.GetDecimal(column);
}

/// <summary>Sums in minor units; they may pass 64 bits.</summary>
/// <param name="Balance">Debit − credit.</param>
public sealed record AccountBalance(
    string Account,
    string Currency,
    decimal Debit,
    decimal Credit,
    decimal Balance,
    long Lines
);

/// <summary>Where an entry stands.</summary>
public sealed record LedgerPlace(long TransactionId, int Line);

/// <summary>One line of a ledger transaction; debit &gt; 0, credit &lt; 0.</summary>
public sealed record LedgerEntry(
    LedgerPlace Place,
    string Account,
    string Currency,
    long Amount,
    string Kind,
    string Reference,
    Guid SettlementId,
    DateTime At
);
