using System.Globalization;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Api;

public sealed record ParkedRow(
    long ParkedId,
    string Topic,
    int Partition,
    long Offset,
    string Code,
    string? Pointer,
    string Message,
    DateTimeOffset FirstSeen,
    string Status
);

public sealed record AlertRow(
    string Cause,
    string Code,
    string Message,
    string Next,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    long Count,
    decimal Amount,
    string? Currency,
    string State
);

public sealed record DownstreamShown(
    string Name,
    string State,
    string? Code,
    string? Reason,
    DateTimeOffset? Since,
    string? Actor
);

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

/// <summary>What stands around settlements: parked messages, alerts, downstreams, the ledger.</summary>
public sealed class OperationReads(Database database)
{
    public async Task<Page<ParkedRow>> Parked(string? status, int? limit, string? after, CancellationToken cancel)
    {
        const string listParked = """
            SELECT id AS parked_id, topic, partition, "offset", code, pointer, message, first_seen, status
            FROM parked_message WHERE id > $1 AND ($2 IS NULL OR status = $2) ORDER BY id LIMIT $3
            """;
        if (status is not null and not ("PARKED" or "REPLAYED" or "DISCARDED"))
            throw ProblemException.Invalid("/status", "is one of PARKED, REPLAYED, DISCARDED");
        var most = Paging.Limit(limit);
        var rows = await database.Query<ParkedRow>(listParked, cancel, Paging.Number(after, 0), Text(status), most + 1);
        return Paging.Cut(rows, most, r => $"{r.ParkedId}");
    }

    public async Task<Page<AlertRow>> Alerts(string? state, int? limit, string? after, CancellationToken cancel)
    {
        const string listAlerts = """
            SELECT cause, code, message, next, first_at, last_at, count, amount, currency, state
            FROM alert WHERE (first_at, cause) > ($1, $2) AND ($3 IS NULL OR state = $3)
            ORDER BY first_at, cause LIMIT $4
            """;
        if (state is not null and not ("OPEN" or "CLOSED"))
            throw ProblemException.Invalid("/state", "is one of OPEN, CLOSED");
        var most = Paging.Limit(limit);
        var (at, cause) = Paging.Moment(after);
        var rows = await database.Query<AlertRow>(listAlerts, cancel, at, cause, Text(state), most + 1);
        return Paging.Cut(rows, most, r => Paging.Moment(r.FirstAt, r.Cause));
    }

    public async Task<Page<DownstreamShown>> Downstreams(int? limit, string? after, CancellationToken cancel)
    {
        // One that was never stopped has no row.
        const string listDownstreams = """
            SELECT name, coalesce(state, 'RUNNING') AS state, code, reason, since, actor
            FROM unnest($1) AS known(name) FULL JOIN downstream USING (name)
            WHERE name > $2 ORDER BY name LIMIT $3
            """;
        string[] known = [MemberService.Name];
        var most = Paging.Limit(limit);
        var rows = await database.Query<DownstreamShown>(
            listDownstreams,
            cancel,
            known,
            Paging.Decode(after) ?? "",
            most + 1
        );
        return Paging.Cut(rows, most, r => r.Name);
    }

    public async Task<DownstreamShown?> Downstream(string name, CancellationToken cancel) =>
        (await Downstreams(Paging.MaxLimit, null, cancel)).Items.SingleOrDefault(d => d.Name == name);

    public async Task<Page<BalanceRow>> Balances(int? limit, string? after, CancellationToken cancel)
    {
        const string readBalances = """
            SELECT account, currency, sum(amount) AS balance FROM posting
            WHERE account || ' ' || currency > $1
            GROUP BY account, currency ORDER BY account || ' ' || currency LIMIT $2
            """;
        var most = Paging.Limit(limit);
        var rows = await database.Query<BalanceRow>(readBalances, cancel, Paging.Decode(after) ?? "", most + 1);
        return Paging.Cut(rows, most, r => $"{r.Account} {r.Currency}");
    }

    public async Task<Page<PostingRow>> Entries(
        Guid? settlement,
        string? account,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        const string listPostings = """
            SELECT transaction_id, line, account, currency, amount, kind, reference, settlement_id, at FROM posting
            WHERE (transaction_id, line) > ($1, $2) AND ($3 IS NULL OR settlement_id = $3)
              AND ($4 IS NULL OR account = $4)
            ORDER BY transaction_id, line LIMIT $5
            """;
        var most = Paging.Limit(limit);
        var (transaction, line) = Line(after);
        var rows = await database.Query<PostingRow>(
            listPostings,
            cancel,
            transaction,
            line,
            new NpgsqlParameter { Value = (object?)settlement ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            Text(account),
            most + 1
        );
        return Paging.Cut(rows, most, r => string.Create(CultureInfo.InvariantCulture, $"{r.TransactionId}|{r.Line}"));
    }

    private static (long Transaction, short Line) Line(string? after)
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

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
