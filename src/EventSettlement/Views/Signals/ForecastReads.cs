using System.Globalization;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Views.Signals;

/// <summary>A month forecast to its end. Figures are null where there is not enough history.</summary>
/// <param name="Id">Of the creator; empty for the whole.</param>
/// <param name="Month">Such as <c>2026-11</c>.</param>
/// <param name="Low">Nine in ten times it comes to something from low to high.</param>
/// <param name="ErrorPercent">By how much such forecasts were wrong: sum of errors over what it came to.</param>
/// <param name="NaiveErrorPercent">The same where each day is taken to be as the same weekday a week before.</param>
/// <param name="MeasuredOn">What is past and was forecast likewise; empty where nothing was.</param>
public sealed record ViewForecastRow(
    string By,
    string Id,
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

/// <summary>Views of the running month, for the whole and by creator.</summary>
internal sealed class ForecastReads(DailyReads reads)
{
    public static readonly string[] Bys = ["creator", "whole"];

    /// <summary>A page in the order of ids.</summary>
    public async Task<Page<ViewForecastRow>> List(
        string? by,
        string? id,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        by ??= "whole";
        if (!Bys.Contains(by))
            throw ProblemException.Invalid("/by", "is creator or whole");
        if (by == "whole" && id is not null)
            throw ProblemException.Invalid("/id", "is of a creator: take by=creator");
        var most = Paging.Limit(limit);
        var place = Paging.Decode(after) ?? "";
        if (!PlainText.IsPlain(place))
            throw Paging.Unknown();
        var today = Seoul.DateOf(await reads.ReadNow(cancel));
        var from = MonthForecast.FirstDay(today);
        var rows = new List<ViewForecastRow>();
        if (by == "whole")
            rows.Add(Of(by, "", today, await reads.Whole(from, today, cancel)));
        else
            await foreach (
                var (creator, series) in reads.Creators(
                    from,
                    today,
                    PlainText.Optional(id, "/id"),
                    place,
                    most + 1,
                    cancel
                )
            )
                rows.Add(Of(by, creator, today, series));
        return Paging.Cut(rows, most, row => row.Id);
    }

    private static ViewForecastRow Of(string by, string id, DateOnly today, DailyViews? series)
    {
        var month = today.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        var running = series is null ? null : MonthForecast.Of(series, today, days => days.Views.Sum());
        if (running is null || MonthForecast.Measured(running) is not { } told)
            return new(by, id, month, null, null, null, null, null, null, "", MonthForecast.NotEnough);
        var measuredOn = MonthForecast.MeasuredOn(series!.First, today);
        return new(
            by,
            id,
            month,
            told.SoFar,
            told.Expected,
            told.Low,
            told.High,
            MonthForecast.Percent(told.Error),
            MonthForecast.Percent(told.NaiveError),
            measuredOn,
            MonthForecast.Sentence(id.Length == 0 ? "All contents" : "Creator " + id, "views", month, told, measuredOn)
        );
    }
}
