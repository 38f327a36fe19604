using System.Globalization;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Ledger;

public sealed record BalanceRow(string Account, string Currency, decimal Balance);

/// <param name="Line">Within its transaction; the lines of one sum to zero.</param>
public sealed record PostingRow(
    long TransactionId,
    short Line,
    string Account,
    string Currency,
    long Amount,
    string Kind,
    string Reference,
    Guid SettlementId,
    DateTimeOffset At
);

/// <summary>The books to look at.</summary>
public sealed class LedgerReads(Database database)
{
    private const string SumAccounts = """
        SELECT account, currency, sum(amount) AS balance FROM posting
        WHERE account || ' ' || currency > @seen
        GROUP BY account, currency ORDER BY account || ' ' || currency LIMIT @limit
        """;

    private const string ListPostings = """
        SELECT transaction_id, line, account, currency, amount, kind, reference, settlement_id, at FROM posting
        WHERE (transaction_id, line) > (@transaction, @line) AND (@settlement IS NULL OR settlement_id = @settlement)
          AND (@account IS NULL OR account = @account)
        ORDER BY transaction_id, line LIMIT @limit
        """;

    public async Task<Page<BalanceRow>> Balances(int? limit, string? after, CancellationToken cancel)
    {
        var most = Paging.Limit(limit);
        var rows = await database.Query<BalanceRow>(
            SumAccounts,
            new { seen = Paging.Decode(after) ?? "", limit = most + 1 },
            cancel
        );
        return Paging.Cut(rows, most, r => $"{r.Account} {r.Currency}");
    }

    /// <summary>In the order they were numbered.</summary>
    public async Task<Page<PostingRow>> Entries(
        Guid? settlement,
        string? account,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        var most = Paging.Limit(limit);
        var (transaction, line) = Place(after);
        var rows = await database.Query<PostingRow>(
            ListPostings,
            new
            {
                transaction,
                line,
                settlement,
                account,
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(rows, most, r => string.Create(CultureInfo.InvariantCulture, $"{r.TransactionId}|{r.Line}"));
    }

    private static (long Transaction, short Line) Place(string? after)
    {
        if (Paging.Decode(after) is not { } text)
            return (0, 0);
        var parts = text.Split('|');
        return
            parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var transaction)
            && short.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            ? (transaction, line)
            : throw Paging.Unknown();
    }
}
