using EventSettlement.Api;
using EventSettlement.Platform;
using EventSettlement.Policies;
using EventSettlement.Views.Signals;

namespace EventSettlement.CreatorRevenue.Forecasts;

/// <summary>What a month is forecast to earn, in won. Figures are null where there is not enough history.</summary>
/// <param name="By"><c>creator</c> or <c>whole</c>: all creators together.</param>
/// <param name="CreatorId">Empty for the whole.</param>
/// <param name="Month">Such as <c>2026-11</c>.</param>
/// <param name="SoFar">What the views so far earn, by the tier that they have reached.</param>
/// <param name="Low">Nine in ten times it comes to something from low to high.</param>
/// <param name="ErrorPercent">
/// By how much such forecasts were wrong: sum of errors over what it came to, all by the policies of this month.
/// </param>
/// <param name="NaiveErrorPercent">The same where each day is taken to be as the same weekday a week before.</param>
public sealed record RevenueForecastRow(
    string By,
    string CreatorId,
    string Month,
    long? SoFar,
    long? Expected,
    long? Low,
    long? High,
    decimal? ErrorPercent,
    decimal? NaiveErrorPercent,
    string MeasuredOn,
    string Sentence
);

/// <summary>
/// What creators will have earned at the month's end: the views so far and those that are forecast, by the policies in
/// force on their days and the tier of the whole month's views. Nothing of it is owed, or kept.
/// </summary>
internal sealed class RevenueForecasts(DailyReads reads, PolicyRows policies)
{
    private const string NoPolicy = "No policy is in force on any day of the month: settle policy put shows how.";

    public async Task<Page<RevenueForecastRow>> List(
        string? by,
        string? creator,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        var filter = ForecastFilter.Of(by ?? "creator", limit, after);
        if (filter.IsWhole && creator is not null)
            throw ProblemException.Invalid("/creator", "is one of many: take by=creator");
        var today = Seoul.DateOf(await reads.ReadNow(cancel));
        var put = await RevenuePolicies.Read(policies, null, cancel);
        var month = RevenueRules.Stretches(RevenueMonth.Of(today), put);
        if (filter.IsWhole)
            return new Page<RevenueForecastRow>([await Whole(month, today, cancel)], false, null);
        var rows = new List<RevenueForecastRow>();
        var from = MonthForecast.FirstDay(today);
        var only = PlainText.Optional(creator, "/creator");
        await foreach (var (id, series) in reads.Creators(from, today, only, filter.Place, filter.Most + 1, cancel))
            rows.Add(Row("creator", id, month, series.First, today, Of(month, series, today)));
        return Paging.Cut(rows, filter.Most, row => row.CreatorId);
    }

    /// <summary>All creators' sums: a creator's tier is by its own views.</summary>
    private async Task<RevenueForecastRow> Whole(MonthPolicies month, DateOnly today, CancellationToken cancel)
    {
        var from = MonthForecast.FirstDay(today);
        if (await reads.Whole(from, today, cancel) is not { } all)
            return Row("whole", "", month, today, today, null);
        RunningMonth? sum = null;
        await foreach (var (_, series) in reads.Creators(from, today, null, "", null, cancel))
            if (Of(month, series.From(all.First), today) is { } one)
                sum = sum is null ? one : sum + one;
        return Row("whole", "", month, all.First, today, sum);
    }

    private static RunningMonth? Of(MonthPolicies month, DailyViews series, DateOnly today) =>
        MonthForecast.Of(series, today, days => ForecastRules.Earned(month, days));

    private static RevenueForecastRow Row(
        string by,
        string creator,
        MonthPolicies policies,
        DateOnly first,
        DateOnly today,
        RunningMonth? running
    )
    {
        var who = creator.Length == 0 ? "All creators" : "Creator " + creator;
        var told = policies.InForce.All(policy => policy is null)
            ? ForecastFigures.None(NoPolicy)
            : ForecastFigures.Of(running, first, today, who, "won");
        return new(
            by,
            creator,
            RevenueMonth.Period(policies.Month),
            told.SoFar,
            told.Expected,
            told.Low,
            told.High,
            told.ErrorPercent,
            told.NaiveErrorPercent,
            told.MeasuredOn,
            told.Sentence
        );
    }
}
