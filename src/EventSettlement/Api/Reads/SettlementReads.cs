using System.Globalization;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Api;

/// <summary>A settlement as lists show it. Amounts are minor units of the currency, times UTC.</summary>
public sealed record SettlementRow(
    Guid SettlementId,
    string Programme,
    string Subject,
    string Period,
    long RunId,
    string State,
    string Currency,
    long Amount,
    long PaidAmount,
    int Items,
    int Paid,
    int Failed,
    int Rejected,
    int InDoubt,
    int Attempt,
    bool Held,
    DateTimeOffset PayableAt,
    DateTimeOffset? NextRetryAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset CreatedAt
);

/// <summary>One change of a settlement.</summary>
public sealed record HistoryEntry(
    int Seq,
    string? FromState,
    string ToState,
    string Cause,
    string Actor,
    string? Reason,
    int Attempt,
    DateTimeOffset At
);

/// <summary>Which settlements; null means any.</summary>
public sealed record SettlementFilter(string? State, string? Programme, long? Run, string? Subject)
{
    public static readonly string[] States =
    [
        "PENDING",
        "PROCESSING",
        "AWAITING_RETRY",
        "COMPLETED",
        "FAILED",
        "CANCELLED",
    ];

    /// <summary>The states asked for, separated by commas; null for any.</summary>
    public string[]? AskedStates()
    {
        if (string.IsNullOrWhiteSpace(State))
            return null;
        var asked = State
            .ToUpperInvariant()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return asked.All(States.Contains)
            ? asked
            : throw ProblemException.Invalid("/state", "is one of " + string.Join(", ", States));
    }

    public NpgsqlParameter[] Parameters() =>
        [
            new()
            {
                Value = (object?)AskedStates() ?? DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            },
            new() { Value = (object?)Programme ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)Run ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            new() { Value = (object?)Subject ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        ];
}

/// <summary>Settlements and their history to look at.</summary>
public sealed class SettlementReads(Database database)
{
    private const string Columns = """
        settlement_id, programme, subject, period, run_id, state, currency, amount, paid_amount, items, paid, failed,
        rejected, in_doubt, attempt, held, payable_at, next_retry_at, updated_at, created_at
        """;

    private const string ListSettlements = $"""
        SELECT {Columns} FROM settlement
        WHERE ($1 IS NULL OR state = ANY ($1)) AND ($2 IS NULL OR programme = $2) AND ($3 IS NULL OR run_id = $3)
          AND ($4 IS NULL OR subject = $4) AND (created_at, settlement_id) > ($5, $6)
        ORDER BY created_at, settlement_id LIMIT $7
        """;

    private const string OneSettlement = $"SELECT {Columns} FROM settlement WHERE settlement_id = $1";

    public async Task<Page<SettlementRow>> List(
        SettlementFilter filter,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        var most = Paging.Limit(limit);
        var (at, id) = await Place(after, cancel);
        var rows = await database.Query<SettlementRow>(
            ListSettlements,
            cancel,
            [.. filter.Parameters(), at, id, most + 1]
        );
        return Paging.Cut(rows, most, r => Paging.Moment(r.CreatedAt, r.SettlementId.ToString()));
    }

    public async Task<SettlementRow?> Find(Guid id, CancellationToken cancel) =>
        (await database.Query<SettlementRow>(OneSettlement, cancel, id)).SingleOrDefault()
        ?? await FindRequested(id, cancel);

    /// <summary>What was planned a moment ago and has not reached the saga: it is pending.</summary>
    private async Task<SettlementRow?> FindRequested(Guid id, CancellationToken cancel)
    {
        const string findRequested = """
            SELECT settlement_id, programme, subject, period, run_id, 'PENDING' AS state, currency, amount,
                0::bigint AS paid_amount, items, 0 AS paid, 0 AS failed, 0 AS rejected, 0 AS in_doubt, 0 AS attempt,
                false AS held, payable_at, NULL::timestamptz AS next_retry_at, created_at AS updated_at, created_at
            FROM settlement_request WHERE settlement_id = $1
            """;
        return (await database.Query<SettlementRow>(findRequested, cancel, id)).SingleOrDefault();
    }

    public async Task<Page<HistoryEntry>> History(Guid id, int? limit, string? after, CancellationToken cancel)
    {
        const string readHistory = """
            SELECT seq, from_state, to_state, cause, actor, reason, attempt, at
            FROM settlement_history WHERE settlement_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
            """;
        var most = Paging.Limit(limit);
        var rows = await database.Query<HistoryEntry>(readHistory, cancel, id, Paging.Number(after, 0), most + 1);
        return Paging.Cut(rows, most, r => r.Seq.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<(DateTimeOffset At, Guid Id)> Place(string? after, CancellationToken cancel)
    {
        if (Guid.TryParseExact(after, "D", out var last))
            return ((await Find(last, cancel) ?? throw Paging.Unknown()).CreatedAt, last);
        var (at, text) = Paging.Moment(after);
        return text.Length == 0 ? (at, Guid.Empty)
            : Guid.TryParse(text, out var id) ? (at, id)
            : throw Paging.Unknown();
    }
}
