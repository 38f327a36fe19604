using EventSettlement.Api;
using EventSettlement.Pages;
using EventSettlement.Settlements.Explain;

namespace EventSettlement.CreatorRevenue.Creators;

/// <summary>What the page of a month's creators shows.</summary>
/// <param name="Months">That have settled creators, the newest first.</param>
/// <param name="Month">Such as <c>2026-11</c>; null = none has been settled.</param>
/// <param name="Creator">Asked for alone; null = all.</param>
/// <param name="IsFirst">The page is not a later one of the list.</param>
public sealed record CreatorBoard(
    IReadOnlyList<string> Months,
    string? Month,
    string? Creator,
    bool IsFirst,
    Page<CreatorRow> Page,
    Known<CreatorTotals>? Totals
);

/// <summary>One creator's month with its reasons.</summary>
public sealed record CreatorMonth(CreatorRow Row, Explanation Why)
{
    public const int MostLines = 500;

    /// <summary>The sentences of the explanation, one a line.</summary>
    public string[] Sentences => Why.Text.Split("; ");
}

/// <summary>Reads the pages of creators.</summary>
public sealed class CreatorBoards(CreatorReads creators, ExplainQuery explain)
{
    private readonly SlowAnswers<DateOnly, CreatorTotals> _totals = new(creators.Totals, TimeProvider.System);

    /// <param name="month">Its first day; null = the newest.</param>
    public async Task<CreatorBoard> Read(DateOnly? month, string? creator, string? after, CancellationToken cancel)
    {
        var months = await creators.Months(cancel);
        if ((month ?? RevenueMonth.Month(months.FirstOrDefault())) is not { } shown)
            return new CreatorBoard(months, null, creator, true, new Page<CreatorRow>([], false, null), null);
        return new CreatorBoard(
            months,
            RevenueMonth.Period(shown),
            creator,
            after is null,
            await creators.List(shown, creator, null, after, cancel),
            creator is null ? await _totals.Ask(shown, cancel) : null
        );
    }

    /// <returns>Null = the creator has no settled month of this name.</returns>
    public async Task<CreatorMonth?> ReadMonth(string creator, DateOnly month, CancellationToken cancel) =>
        (await creators.List(month, creator, 1, null, cancel)).Items is [var row]
        && await explain.Explain(row.SettlementId, cancel) is { } why
            ? new CreatorMonth(row, why)
            : null;
}
