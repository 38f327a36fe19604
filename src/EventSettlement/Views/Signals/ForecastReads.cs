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
    /// <summary>A page in the order of ids.</summary>
    public async Task<Page<ViewForecastRow>> List(
        string? by,
        string? id,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        var filter = ForecastFilter.Of(by ?? "whole", limit, after);
        if (filter.IsWhole && id is not null)
            throw ProblemException.Invalid("/id", "is of a creator: take by=creator");
        var today = Seoul.DateOf(await reads.ReadNow(cancel));
        var from = MonthForecast.FirstDay(today);
        if (filter.IsWhole)
            return new Page<ViewForecastRow>(
                [Of("whole", "", today, await reads.Whole(from, today, cancel))],
                false,
                null
            );
        var only = PlainText.Optional(id, "/id");
        var rows = new List<ViewForecastRow>();
        await foreach (
            var (creator, series) in reads.Creators(from, today, only, filter.Place, filter.Most + 1, cancel)
        )
            rows.Add(Of("creator", creator, today, series));
        return Paging.Cut(rows, filter.Most, row => row.Id);
    }

    private static ViewForecastRow Of(string by, string id, DateOnly today, DailyViews? series)
    {
        var running = series is null ? null : MonthForecast.Of(series, today, days => days.Views.Sum());
        var who = id.Length == 0 ? "All contents" : "Creator " + id;
        var told = ForecastFigures.Of(running, series?.First ?? today, today, who, "views");
        return new(
            by,
            id,
            today.ToString("yyyy-MM", CultureInfo.InvariantCulture),
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
