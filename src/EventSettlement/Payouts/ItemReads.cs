using System.ComponentModel.DataAnnotations;
using System.Globalization;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Payouts;

/// <summary>One payment to one member, under the key the member service knows it by.</summary>
public sealed record ItemRow(
    Guid SettlementId,
    int No,
    string Key,
    string Programme,
    string Subject,
    string MemberId,
    long Amount,
    string Currency,
    [property: AllowedValues(
        ItemStates.Pending,
        ItemStates.Sending,
        ItemStates.Paid,
        ItemStates.Failed,
        ItemStates.Rejected,
        ItemStates.InDoubt,
        ItemStates.Cancelled,
        ItemStates.WrittenOff
    )]
        string State,
    int Attempt,
    string? TransactionId,
    string? ErrorCode,
    DateTimeOffset? PaidAt
);

/// <summary>Items that failed for one cause, with one of them as an example.</summary>
/// <param name="Example">Id of a settlement.</param>
public sealed record FailureCount(string Code, long Items, decimal Amount, string Example, string Subject);

/// <summary>Which items; one of run, settlement and member is given, and all that are given hold.</summary>
public sealed record ItemFilter(Guid? Settlement, long? Run, string? Member, string? State)
{
    /// <summary>The states asked for; null for any.</summary>
    public string[]? States => ListedStates.Read(State, ItemStates.All);
}

/// <summary>Items to look at, in the order of settlement and number.</summary>
public sealed class ItemReads(Database database)
{
    private const string Columns = """
        i.settlement_id, i.no, i.settlement_id || '-' || i.no || ':1' AS key, r.programme, r.subject, i.member_id,
        i.amount, r.currency, i.state, i.attempt, i.transaction_id, i.error_code, i.paid_at
        """;

    // Settlements are walked first and only as many as can fill the page, so that a run of a million costs no sort.
    private const string ListItems = $"""
        SELECT {Columns}
        FROM (SELECT settlement_id, programme, subject, currency FROM settlement_request
              WHERE (@run IS NULL OR run_id = @run) AND (@settlement IS NULL OR settlement_id = @settlement)
                AND settlement_id >= @id
              ORDER BY settlement_id LIMIT CASE WHEN @states::text[] IS NULL AND @member IS NULL THEN @limit END) r
        JOIN settlement_item i USING (settlement_id)
        WHERE (i.settlement_id, i.no) > (@id, @no) AND (@states::text[] IS NULL OR i.state = ANY (@states))
          AND (@member IS NULL OR i.member_id = @member)
        ORDER BY i.settlement_id, i.no LIMIT @limit
        """;

    private const string OneItem = $"""
        SELECT {Columns} FROM settlement_item i JOIN settlement_request r USING (settlement_id)
        WHERE i.settlement_id = @settlement AND i.no = @no
        """;

    private const string FindResolved = """
        SELECT EXISTS (SELECT FROM settlement_item WHERE settlement_id = @settlement AND no = @no
            AND (state = 'PAID' AND transaction_id = @paid OR state = 'WRITTEN_OFF' AND error_message = @writeOff))
        """;

    private const string CountFailures = """
        SELECT coalesce(i.error_code, lower(i.state)) AS code, count(*) AS items, sum(i.amount) AS amount,
            (array_agg(s.settlement_id::text ORDER BY s.updated_at DESC))[1] AS example,
            (array_agg(s.subject ORDER BY s.updated_at DESC))[1] AS subject
        FROM (SELECT settlement_id, subject, updated_at FROM settlement WHERE state IN ('FAILED', 'AWAITING_RETRY')
              ORDER BY state = 'FAILED' DESC, updated_at DESC LIMIT @most) s
        JOIN settlement_item i USING (settlement_id) WHERE i.state IN ('FAILED', 'REJECTED', 'IN_DOUBT')
        GROUP BY 1 ORDER BY 3 DESC LIMIT 20
        """;

    public async Task<Page<ItemRow>> List(ItemFilter filter, int? limit, string? after, CancellationToken cancel)
    {
        var most = Paging.Limit(limit);
        var (id, no) = Place(after);
        var rows = await database.Query<ItemRow>(
            ListItems,
            new
            {
                filter.Run,
                filter.Settlement,
                filter.States,
                filter.Member,
                id,
                no,
                limit = most + 2,
            },
            cancel
        );
        if (rows.Count > most + 1)
            rows.RemoveAt(rows.Count - 1);
        return Paging.Cut(rows, most, r => string.Create(CultureInfo.InvariantCulture, $"{r.SettlementId}|{r.No}"));
    }

    public Task<ItemRow?> Find(Guid settlement, int no, CancellationToken cancel) =>
        database.QueryOne<ItemRow>(OneItem, new { settlement, no }, cancel);

    /// <summary>Whether a person ended it in just this way already.</summary>
    public Task<bool> IsResolved(Guid settlement, int no, string? paid, string? writeOff, CancellationToken cancel) =>
        database.QueryOne<bool>(
            FindResolved,
            new
            {
                settlement,
                no,
                paid,
                writeOff,
            },
            cancel
        );

    /// <summary>By cause, the dearest first.</summary>
    /// <param name="most">Settlements whose items are looked at, failed ones first.</param>
    public Task<List<FailureCount>> Failures(int most, CancellationToken cancel) =>
        database.Query<FailureCount>(CountFailures, new { most }, cancel);

    private static (Guid Id, int No) Place(string? after)
    {
        if (after is not null && ItemKey.Parse(after) is { } shown)
            return shown;
        if (Paging.Decode(after) is not { } text)
            return (Guid.Empty, 0);
        var parts = text.Split('|');
        return
            parts.Length == 2
            && Guid.TryParse(parts[0], out var id)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? (id, no)
            : throw Paging.Unknown();
    }
}
