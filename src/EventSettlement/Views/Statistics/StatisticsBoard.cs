using EventSettlement.Pages;
using EventSettlement.Platform;
using EventSettlement.Views.Signals;

namespace EventSettlement.Views.Statistics;

/// <summary>What the page of statistics shows.</summary>
/// <param name="Filter">As it was asked for; its top is what the table of the most viewed holds.</param>
/// <param name="Periods">All of the range, also those without views.</param>
/// <param name="Days">Views by day, of the calendar's days that have some.</param>
/// <param name="TopOf">Periods that the most viewed are of; null where one id is asked for, or nothing is.</param>
public sealed record StatisticsBoard(
    StatisticsFilter Filter,
    StatisticsRange Range,
    IReadOnlyList<PeriodSum> Periods,
    StatisticsRange Calendar,
    IReadOnlyDictionary<DateOnly, long> Days,
    StatisticsRange? TopOf,
    Known<IReadOnlyList<StatisticsRow>>? Top,
    ViewStatus Status
)
{
    public long Views => Periods.Sum(p => p.Views);

    public long AdViews => Periods.Sum(p => p.AdViews);

    public long WatchedSeconds => Periods.Sum(p => p.WatchedSeconds);

    /// <summary>Nothing was ever taken in.</summary>
    public bool IsUntouched => Status is { Received: 0, Lag: 0 } && Views == 0;

    /// <summary>Whose views these are.</summary>
    public string Whose => Filter.Id is { } id ? $"{Filter.By} {id}" : "all contents";

    /// <summary>What the busiest partition received, by what they received on average; null = nothing yet.</summary>
    public decimal? Skew =>
        Status.Received == 0
            ? null
            : (decimal)Status.Partitions.Max(p => p.Received) * Status.Partitions.Count / Status.Received;
}

/// <summary>Reads the page of statistics: sums that are kept, and what was added up a moment ago.</summary>
internal sealed class StatisticsBoards(
    StatisticsReads statistics,
    HourSums hours,
    DailyReads daily,
    ViewStatusReads status
)
{
    private const int DefaultTop = 10;
    private const int CalendarDays = 53 * 7;

    private readonly SlowAnswers<StatisticsFilter, IReadOnlyList<StatisticsRow>> _tops = new(
        async (filter, cancel) => await All(statistics, filter, cancel),
        TimeProvider.System
    );

    public async Task<StatisticsBoard> Read(StatisticsFilter filter, CancellationToken cancel)
    {
        var today = Seoul.DateOf(await daily.ReadNow(cancel));
        var range = StatisticsRange.Of(filter.Period, filter.From, filter.To, today);
        var sums = (await Sums(filter, range, cancel)).ToDictionary(sum => sum.Start);
        var calendar = CalendarOf(range, today);
        IReadOnlyCollection<PeriodSum> days = calendar == range ? sums.Values : await Sums(filter, calendar, cancel);
        var topOf = filter.Id is null ? TopOf(filter, range, sums.Keys) : null;
        return new StatisticsBoard(
            filter with
            {
                Top = filter.Top ?? DefaultTop,
            },
            range,
            [.. range.Starts.Select(start => sums.GetValueOrDefault(start) ?? new PeriodSum(start, 0, 0, 0))],
            calendar,
            days.ToDictionary(day => day.Start, day => day.Views),
            topOf,
            topOf is null ? null : await _tops.Ask(Within(filter, topOf, filter.Top ?? DefaultTop), cancel),
            await status.Read(cancel)
        );
    }

    /// <summary>The same as the command line and the API give for this range.</summary>
    public static StatisticsFilter Within(StatisticsFilter filter, StatisticsRange range, int? top) =>
        filter with
        {
            Period = range.Period,
            From = range.First,
            To = range.Last,
            Top = top,
        };

    private async Task<IReadOnlyList<PeriodSum>> Sums(
        StatisticsFilter filter,
        StatisticsRange range,
        CancellationToken cancel
    ) =>
        filter.Id is null
            ? await hours.Read(range.Period, range.First, range.LastDay, cancel)
            :
            [
                .. (await All(statistics, Within(filter, range, null), cancel)).Select(row => new PeriodSum(
                    row.Start,
                    row.Views,
                    row.WatchedSeconds,
                    row.AdViews
                )),
            ];

    private static async Task<List<StatisticsRow>> All(
        StatisticsReads statistics,
        StatisticsFilter filter,
        CancellationToken cancel
    )
    {
        var rows = new List<StatisticsRow>();
        await foreach (var row in statistics.Read(filter, null, null, cancel))
            rows.Add(row);
        return rows;
    }

    /// <summary>The last days of the range, of which none lies ahead.</summary>
    private static StatisticsRange CalendarOf(StatisticsRange range, DateOnly today)
    {
        var last = range.LastDay > today && range.First <= today ? today : range.LastDay;
        var first =
            last.DayNumber - range.First.DayNumber < CalendarDays ? range.First : last.AddDays(1 - CalendarDays);
        return new StatisticsRange("day", first, last);
    }

    /// <summary>Of all periods where the first one is asked for, else of the last one that has views.</summary>
    private static StatisticsRange? TopOf(
        StatisticsFilter filter,
        StatisticsRange range,
        IReadOnlyCollection<DateOnly> viewed
    ) =>
        viewed.Count == 0 ? null
        : filter.From is not null ? range
        : range with { First = viewed.Max(), Last = viewed.Max() };
}
