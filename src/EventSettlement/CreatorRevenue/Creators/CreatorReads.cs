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
