using EventSettlement.Api;
using EventSettlement.Contracts;
using EventSettlement.Platform;
using EventSettlement.Settlements;

namespace EventSettlement.CreatorRevenue.Creators;

/// <summary>A creator's settled month. Amounts in won.</summary>
/// <param name="Month">Such as <c>2026-11</c>.</param>
/// <param name="Corrections">Of months that were settled before.</param>
/// <param name="State">Of the settlement.</param>
public sealed record CreatorRow(
    string CreatorId,
    string Month,
    long Views,
    long AdViews,
    long Earned,
    long Withholding,
    long CarriedIn,
    long Corrections,
    long Payable,
    long CarriedOut,
    Guid SettlementId,
    string State
);

/// <summary>The settled months of all creators together. Amounts in won.</summary>
/// <param name="Month">Such as <c>2026-11</c>.</param>
public sealed record CreatorTotals(
    string Month,
    long Creators,
    decimal Views,
    decimal AdViews,
    decimal Earned,
    decimal Withholding,
    decimal CarriedIn,
    decimal Corrections,
    decimal Payable,
    decimal CarriedOut
);

/// <summary>Creators' months to look at.</summary>
public sealed class CreatorReads(Database database, SettlementReads settlements)
{
    private const string ReadMonths = """
        SELECT creator_id, to_char(month, 'YYYY-MM') AS month, views, ad_views, earned, withholding, carried_in,
            corrections, payable, carried_out
        FROM creator_month
        WHERE (@month::date IS NULL OR month = @month) AND (@creator IS NULL OR creator_id = @creator)
            AND (month, creator_id) > (@after_month, @after_creator)
        ORDER BY creator_month.month, creator_id LIMIT @limit
        """;

    private const string ReadTotals = """
        SELECT to_char(@month, 'YYYY-MM') AS month, count(*) AS creators, coalesce(sum(views), 0) AS views,
            coalesce(sum(ad_views), 0) AS ad_views, coalesce(sum(earned), 0) AS earned,
            coalesce(sum(withholding), 0) AS withholding, coalesce(sum(carried_in), 0) AS carried_in,
            coalesce(sum(corrections), 0) AS corrections, coalesce(sum(payable), 0) AS payable,
            coalesce(sum(carried_out), 0) AS carried_out
        FROM creator_month WHERE month = @month
        """;

    // Each month is looked up by the one after it: there are few months and many creators.
    private const string ReadMonthsThere = """
        WITH RECURSIVE there AS (
            SELECT max(month) AS month FROM creator_month
            UNION ALL SELECT (SELECT max(month) FROM creator_month m WHERE m.month < t.month) FROM there t
            WHERE t.month IS NOT NULL)
        SELECT to_char(month, 'YYYY-MM') FROM there WHERE month IS NOT NULL LIMIT 120
        """;

    /// <returns>Months in which somebody was settled, the newest first.</returns>
    public async Task<IReadOnlyList<string>> Months(CancellationToken cancel) =>
        await database.Query<string>(ReadMonthsThere, null, cancel);

    /// <param name="month">Its first day.</param>
    public async Task<CreatorTotals> Totals(DateOnly month, CancellationToken cancel) =>
        (await database.QueryOne<CreatorTotals>(ReadTotals, new { month }, cancel))!;

    /// <param name="month">Its first day; null = all.</param>
    /// <param name="creator">Null = all.</param>
    public async Task<Page<CreatorRow>> List(
        DateOnly? month,
        string? creator,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        var most = Paging.Limit(limit);
        var (afterMonth, afterCreator) = Place(after);
        var found = await database.Query<Settled>(
            ReadMonths,
            new
            {
                month,
                creator,
                after_month = afterMonth,
                after_creator = afterCreator,
                limit = most + 1,
            },
            cancel
        );
        Guid[] ids = [.. found.Select(row => SettlementId.For(RevenueProgramme.Name, row.CreatorId, row.Month))];
        var states = await settlements.States(ids, cancel);
        var rows = found
            .Zip(ids)
            .Select(pair =>
                pair.First.With(pair.Second, states.GetValueOrDefault(pair.Second) ?? SettlementStates.Pending)
            )
            .ToList();
        return Paging.Cut(rows, most, row => row.Month + "|" + row.CreatorId);
    }

    private static (DateOnly Month, string Creator) Place(string? after)
    {
        if (Paging.Decode(after) is not { } text)
            return (DateOnly.MinValue, "");
        return
            text is [_, _, _, _, '-', _, _, '|', ..]
            && PlainText.IsPlain(text)
            && RevenueMonth.Month(text[..7]) is { } month
            ? (month, text[8..])
            : throw Paging.Unknown();
    }

    private sealed record Settled(
        string CreatorId,
        string Month,
        long Views,
        long AdViews,
        long Earned,
        long Withholding,
        long CarriedIn,
        long Corrections,
        long Payable,
        long CarriedOut
    )
    {
        public CreatorRow With(Guid settlementId, string state) =>
            new(
                CreatorId,
                Month,
                Views,
                AdViews,
                Earned,
                Withholding,
                CarriedIn,
                Corrections,
                Payable,
                CarriedOut,
                settlementId,
                state
            );
    }
}
