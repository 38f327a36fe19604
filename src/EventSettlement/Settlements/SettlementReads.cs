using System.ComponentModel.DataAnnotations;
using System.Globalization;
using EventSettlement.Api;
using EventSettlement.Contracts;
using EventSettlement.Platform;

namespace EventSettlement.Settlements;

/// <summary>A settlement as lists show it. Amounts are minor units of the currency, times UTC.</summary>
public sealed record SettlementRow(
    Guid SettlementId,
    string Programme,
    string Subject,
    string Period,
    long RunId,
    [property: AllowedValues(
        SettlementStates.Pending,
        SettlementStates.Processing,
        SettlementStates.AwaitingRetry,
        SettlementStates.Completed,
        SettlementStates.Failed,
        SettlementStates.Cancelled
    )]
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
    /// <summary>The states asked for; null for any.</summary>
    public string[]? States => ListedStates.Read(State, SettlementStates.All);
}

/// <summary>What the settlements of a run wait for.</summary>
/// <param name="Held">Unfinished ones that an operator's release must come for.</param>
/// <param name="NextRetryAt">UTC; when the first of those that wait for a retry starts again.</param>
public sealed record RunWaiting(long RunId, long Held, DateTime? NextRetryAt);

/// <summary>Settlements and their history to look at.</summary>
public sealed class SettlementReads(Database database)
{
    private const string Columns = """
        settlement_id, programme, subject, period, run_id, state, currency, amount, paid_amount, items, paid, failed,
        rejected, in_doubt, attempt, held, payable_at, next_retry_at, updated_at, created_at
        """;

    private const string ListSettlements = $"""
        SELECT {Columns} FROM settlement
        WHERE (@states::text[] IS NULL OR state = ANY (@states)) AND (@programme IS NULL OR programme = @programme)
          AND (@run IS NULL OR run_id = @run) AND (@subject IS NULL OR subject = @subject)
          AND (created_at, settlement_id) > (@at, @id)
        ORDER BY created_at, settlement_id LIMIT @limit
        """;

    private const string OneSettlement = $"SELECT {Columns} FROM settlement WHERE settlement_id = @id";

    // Those that are held have an index of their own, and retries are looked for only where there are some: a run is
    // asked about twice a second while somebody watches it.
    private const string ReadWaiting = """
        SELECT r.run_id,
            (SELECT count(*) FROM settlement s WHERE s.run_id = r.run_id AND s.held
                AND s.state IN ('PENDING', 'PROCESSING', 'AWAITING_RETRY')) AS held,
            CASE WHEN r.retrying THEN (SELECT min(s.next_retry_at) FROM settlement s
                WHERE s.run_id = r.run_id AND s.state = 'AWAITING_RETRY') END AS next_retry_at
        FROM unnest(@runs, @retrying) AS r (run_id, retrying)
        """;

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
            new
            {
                filter.States,
                filter.Programme,
                filter.Run,
                filter.Subject,
                at,
                id,
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(rows, most, r => Paging.Moment(r.CreatedAt, r.SettlementId.ToString()));
    }

    /// <exception cref="ProblemException">There is none.</exception>
    public async Task<SettlementRow> Show(Guid id, CancellationToken cancel) =>
        await Find(id, cancel) ?? throw NotFound(id);

    public async Task<SettlementRow?> Find(Guid id, CancellationToken cancel) =>
        await database.QueryOne<SettlementRow>(OneSettlement, new { id }, cancel) ?? await FindRequested(id, cancel);

    /// <summary>By settlement its state; one that the saga has not heard of yet is not in it.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> States(Guid[] ids, CancellationToken cancel)
    {
        const string readStates = "SELECT settlement_id, state FROM settlement WHERE settlement_id = ANY (@ids)";
        return (await database.Query<(Guid Id, string State)>(readStates, new { ids }, cancel)).ToDictionary(
            row => row.Id,
            row => row.State
        );
    }

    public async Task<Page<HistoryEntry>> History(Guid id, int? limit, string? after, CancellationToken cancel)
    {
        const string readHistory = """
            SELECT seq, from_state, to_state, cause, actor, reason, attempt, at
            FROM settlement_history WHERE settlement_id = @id AND seq > @seen ORDER BY seq LIMIT @limit
            """;
        var most = Paging.Limit(limit);
        var rows = await database.Query<HistoryEntry>(
            readHistory,
            new
            {
                id,
                seen = Paging.Number(after, 0),
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(rows, most, r => r.Seq.ToString(CultureInfo.InvariantCulture));
    }

    /// <param name="runs">With whether some of the run's settlements wait for a retry.</param>
    public async Task<IReadOnlyDictionary<long, RunWaiting>> Waiting(
        IReadOnlyDictionary<long, bool> runs,
        CancellationToken cancel
    ) =>
        runs.Count == 0
            ? new Dictionary<long, RunWaiting>()
            : (
                await database.Query<RunWaiting>(
                    ReadWaiting,
                    new { runs = runs.Keys.ToArray(), retrying = runs.Values.ToArray() },
                    cancel
                )
            ).ToDictionary(w => w.RunId);

    public Task<long> CountHeld(CancellationToken cancel) =>
        database.QueryOne<long>("SELECT count(*) FROM settlement WHERE held", null, cancel);

    public static ProblemException NotFound(Guid id) =>
        ProblemException.NotFound("settlement_not_found", $"there is no settlement {id}");

    /// <summary>What was planned a moment ago and has not reached the saga: it is pending.</summary>
    private Task<SettlementRow?> FindRequested(Guid id, CancellationToken cancel)
    {
        const string findRequested = """
            SELECT settlement_id, programme, subject, period, run_id, 'PENDING' AS state, currency, amount,
                0::bigint AS paid_amount, items, 0 AS paid, 0 AS failed, 0 AS rejected, 0 AS in_doubt, 0 AS attempt,
                false AS held, payable_at, NULL::timestamptz AS next_retry_at, created_at AS updated_at, created_at
            FROM settlement_request WHERE settlement_id = @id
            """;
        return database.QueryOne<SettlementRow>(findRequested, new { id }, cancel);
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
