using System.Globalization;

namespace EventSettlement.Views.Signals;

/// <summary>Days of a month, those that are known first; the last of them is the month's last.</summary>
internal readonly record struct MonthDays(long[] Views, long[] AdViews);

/// <summary>What a month came to, and what was forecast of it from a day on. In views or in won.</summary>
/// <param name="Known">What the days before that day came to.</param>
internal readonly record struct PastMonth(long Known, long Actual, long Forecast, long Naive)
{
    public static PastMonth operator +(PastMonth one, PastMonth other) =>
        checked(
            new(
                one.Known + other.Known,
                one.Actual + other.Actual,
                one.Forecast + other.Forecast,
                one.Naive + other.Naive
            )
        );
}

/// <summary>A month as it is going, before it is known how good such forecasts are. In views or in won.</summary>
/// <param name="Known">Of the days that are over.</param>
/// <param name="SoFar">With what there is of the running day.</param>
/// <param name="RestViews">Views that are forecast.</param>
/// <param name="Past">The same forecast of stretches that are over.</param>
internal sealed record RunningMonth(
    long Known,
    long SoFar,
    long Expected,
    long RestViews,
    IReadOnlyList<PastMonth> Past
)
{
    /// <summary>Both of the same past stretches.</summary>
    public static RunningMonth operator +(RunningMonth one, RunningMonth other) =>
        checked(
            new(
                one.Known + other.Known,
                one.SoFar + other.SoFar,
                one.Expected + other.Expected,
                one.RestViews + other.RestViews,
                [.. one.Past.Zip(other.Past, (mine, yours) => mine + yours)]
            )
        );
}

/// <summary>A forecast with its measured error. In views or in won.</summary>
/// <param name="Low">Nine in ten times it comes to something from low to high.</param>
/// <param name="Error">Sum of absolute errors over what it came to, of past months.</param>
/// <param name="NaiveError">The same where each day is forecast as the same weekday of the week before.</param>
internal sealed record Forecast(long SoFar, long Expected, long Low, long High, double Error, double NaiveError);

/// <summary>
/// Forecasts a month to its end. Pure. A day is forecast as the mean of the same weekday in the four weeks before, the
/// last of them counting most; where all of these weeks rose, or fell, that goes on. The band is as wide as the same
/// forecast was wrong in past months.
/// </summary>
internal static class MonthForecast
{
    /// <summary>Days that must lie before the day from which on is forecast.</summary>
    public const int LeastHistory = 14;

    /// <summary>So many past months at the most tell of the error.</summary>
    public const int MostMonths = 3;

    private const int Week = 7;
    private const double NineInTen = 1.645;

    /// <summary>A mean absolute error is so much less than a normal deviation.</summary>
    private const double NormalOverMean = 1.2533;

    private static readonly int[] Weights = [4, 3, 2, 1];

    /// <summary>Of these weeks, by their weights.</summary>
    private const double MeanAge = 2;

    /// <summary>A trend that was seen goes on, but seldom as steeply.</summary>
    private const double Damping = 0.8;

    private const double SteepestTrend = 0.3;

    /// <summary>The first day whose views are asked for.</summary>
    public static DateOnly FirstDay(DateOnly today) => BeginOf(today).AddMonths(-MostMonths).AddDays(-4 * Week);

    /// <summary>How the days of the past stretches are called on which the error is measured.</summary>
    public static string MeasuredOn(DateOnly first, DateOnly today)
    {
        var stretches = Past(first, today);
        if (stretches.Count == 0)
            return "";
        var isMonths = stretches[0].End.AddDays(1).Day == 1;
        var days = stretches[0].End.DayNumber - stretches[0].At.DayNumber + 1;
        var count = stretches.Count;
        return isMonths
            ? string.Create(null, $"the last {days} days of {count} past month{(count == 1 ? "" : "s")}")
            : string.Create(null, $"{count} past stretch{(count == 1 ? "" : "es")} of {days} days");
    }

    /// <param name="worth">What days come to: their views, or what is earned for them.</param>
    /// <param name="today">The running day, Seoul.</param>
    /// <returns>Null = there is not enough history to forecast, or to measure how wrong it would be.</returns>
    public static RunningMonth? Of(DailyViews series, DateOnly today, Func<MonthDays, long> worth)
    {
        if (series.PlaceOf(today) < LeastHistory)
            return null;
        var begin = BeginOf(today);
        var now = new ForecastStretch(begin, today, begin.AddMonths(1).AddDays(-1));
        var past = Past(series.First, today)
            .Select(stretch => new PastMonth(
                worth(Days(series, stretch, Nothing)),
                worth(Actual(series, stretch)),
                worth(Days(series, stretch, Weighted)),
                worth(Days(series, stretch, Naive))
            ))
            .ToList();
        if (past.Count == 0)
            return null;
        var (known, expected) = (Days(series, now, Nothing), Days(series, now, Weighted));
        // The running day may have more already than was forecast of it.
        var place = today.Day - 1;
        var (views, adViews) = (At(series.Views, series.PlaceOf(today)), At(series.AdViews, series.PlaceOf(today)));
        expected.Views[place] = Math.Max(expected.Views[place], views);
        expected.AdViews[place] = Math.Max(expected.AdViews[place], adViews);
        var rest = expected.Views.AsSpan(place).ToArray().Sum();
        var before = worth(known);
        (known.Views[place], known.AdViews[place]) = (views, adViews);
        return new RunningMonth(before, worth(known), worth(expected), rest, past);
    }

    /// <returns>Null where nothing came of the past months: no error can be told.</returns>
    public static Forecast? Measured(RunningMonth month)
    {
        var (actual, rest, wrong, naive) = (0.0, 0.0, 0.0, 0.0);
        foreach (var past in month.Past)
        {
            actual += past.Actual;
            rest += past.Actual - past.Known;
            wrong += Math.Abs((double)past.Forecast - past.Actual);
            naive += Math.Abs((double)past.Naive - past.Actual);
        }

        if (actual <= 0 || rest <= 0)
            return null;
        // Few past months may by chance have been easy ones.
        var spread = NormalOverMean * (wrong / rest) * (1 + (1.0 / month.Past.Count));
        var relative = (spread * spread) + (1.0 / Math.Max(1, month.RestViews));
        double open = month.Expected - month.Known;
        var (low, high) =
            open <= 0
                ? (0.0, 0.0)
                : (
                    Expectation.Quantile(open, open * open * relative, -NineInTen),
                    Expectation.Quantile(open, open * open * relative, NineInTen)
                );
        return new Forecast(
            month.SoFar,
            month.Expected,
            Math.Min(month.Expected, Math.Max(month.SoFar, month.Known + (long)low)),
            Math.Max(month.Expected, month.Known + (long)Math.Ceiling(high)),
            wrong / actual,
            naive / actual
        );
    }

    /// <summary>Past months, with as many days left as there are now; else stretches of so many days.</summary>
    public static IReadOnlyList<ForecastStretch> Past(DateOnly first, DateOnly today)
    {
        var begin = BeginOf(today);
        var (elapsed, ahead) = (today.Day - 1, begin.AddMonths(1).DayNumber - today.DayNumber);
        var least = first.AddDays(LeastHistory);
        var months = Enumerable
            .Range(1, MostMonths)
            .Select(ago => (Begin: begin.AddMonths(-ago), End: begin.AddMonths(1 - ago).AddDays(-1)))
            .Select(month => new ForecastStretch(month.Begin, month.End.AddDays(1 - ahead), month.End))
            .Where(stretch => stretch.At >= least && stretch.At >= stretch.Begin)
            .ToList();
        if (months.Count > 0)
            return months;
        var stretches = new List<ForecastStretch>();
        for (var at = today.AddDays(-Week * ((ahead + Week - 1) / Week)); at >= least; at = at.AddDays(-Week))
            stretches.Add(
                new ForecastStretch(
                    at.AddDays(-Math.Min(elapsed, at.DayNumber - first.DayNumber)),
                    at,
                    at.AddDays(ahead - 1)
                )
            );
        return stretches;
    }

    private static DateOnly BeginOf(DateOnly today) => new(today.Year, today.Month, 1);

    private static MonthDays Actual(DailyViews series, ForecastStretch stretch) =>
        new(Copy(series.Views, series, stretch, stretch.End), Copy(series.AdViews, series, stretch, stretch.End));

    /// <summary>The days before as they were, those after as they are forecast.</summary>
    private static MonthDays Days(DailyViews series, ForecastStretch stretch, Func<long[], int, int, long> forecast)
    {
        var known = stretch.At.AddDays(-1);
        var (views, adViews) = (
            Copy(series.Views, series, stretch, known),
            Copy(series.AdViews, series, stretch, known)
        );
        var at = series.PlaceOf(stretch.At);
        var (all, withAd) = (Before(series.Views, at), Before(series.AdViews, at));
        for (var ahead = 0; stretch.At.AddDays(ahead) <= stretch.End; ahead++)
        {
            var place = stretch.At.DayNumber + ahead - stretch.Begin.DayNumber;
            views[place] = forecast(series.Views, at, ahead);
            adViews[place] = all == 0 ? 0 : (long)((Int128)views[place] * withAd / all);
        }

        return new MonthDays(views, adViews);
    }

    private static long Nothing(long[] counts, int at, int ahead) => 0;

    private static long Naive(long[] counts, int at, int ahead) => counts[at + (ahead % Week) - Week];

    private static long Weighted(long[] counts, int at, int ahead)
    {
        var (sum, weights) = (0.0, 0);
        for (var week = 0; week < Weights.Length; week++)
        {
            var then = at + (ahead % Week) - ((week + 1) * Week);
            if (then < 0)
                break;
            sum += (double)counts[then] * Weights[week];
            weights += Weights[week];
        }

        return (long)Math.Round(sum / weights * Math.Exp(TrendBefore(counts, at) * (MeanAge + (ahead / Week))));
    }

    /// <summary>Growth a week as a logarithm, where all of the four weeks before rose, or fell.</summary>
    private static double TrendBefore(long[] counts, int at)
    {
        if (at < Weights.Length * Week)
            return 0;
        Span<long> weeks = stackalloc long[Weights.Length];
        for (var week = 0; week < weeks.Length; week++)
            foreach (var count in counts.AsSpan(at - ((week + 1) * Week), Week))
                weeks[week] += count;
        var (rises, falls) = (true, true);
        for (var week = 1; week < weeks.Length; week++)
            (rises, falls) = (rises && weeks[week - 1] > weeks[week], falls && weeks[week - 1] < weeks[week]);
        if (!rises && !falls)
            return 0;
        var growth = Math.Log((weeks[0] + 1.0) / (weeks[^1] + 1.0)) / (weeks.Length - 1);
        return Math.Clamp(growth * Damping, -SteepestTrend, SteepestTrend);
    }

    /// <summary>Of the four weeks before.</summary>
    private static long Before(long[] counts, int at) =>
        counts.AsSpan(Math.Max(0, at - (4 * Week)), Math.Min(at, 4 * Week)).ToArray().Sum();

    private static long[] Copy(long[] counts, DailyViews series, ForecastStretch stretch, DateOnly last)
    {
        var days = new long[stretch.End.DayNumber - stretch.Begin.DayNumber + 1];
        for (var day = stretch.Begin; day <= last; day = day.AddDays(1))
            days[day.DayNumber - stretch.Begin.DayNumber] = At(counts, series.PlaceOf(day));
        return days;
    }

    private static long At(long[] counts, int place) => place >= 0 && place < counts.Length ? counts[place] : 0;
}

/// <summary>Days of which those from a day on are forecast by what lay before it.</summary>
internal readonly record struct ForecastStretch(DateOnly Begin, DateOnly At, DateOnly End);
