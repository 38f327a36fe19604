using EventSettlement.Platform;

namespace EventSettlement.Views.Statistics;

/// <summary>Which periods a page shows: all whose first day is from the first to the last one, both included.</summary>
/// <param name="First">First day of the first period, Seoul.</param>
/// <param name="Last">First day of the last period.</param>
public sealed record StatisticsRange(string Period, DateOnly First, DateOnly Last)
{
    /// <summary>So many are drawn at most.</summary>
    public const int MostPeriods = 750;

    /// <summary>The last day of the last period.</summary>
    public DateOnly LastDay => Next(Last, Period, 1).AddDays(-1);

    public IReadOnlyList<DateOnly> Starts
    {
        get
        {
            var starts = new List<DateOnly>();
            for (var start = First; start <= Last; start = Next(start, Period, 1))
                starts.Add(start);
            return starts;
        }
    }

    /// <summary>Where nothing is asked for, about as much as is seen at a glance, up to today.</summary>
    /// <exception cref="ProblemException">It is too long, or ends before it begins.</exception>
    public static StatisticsRange Of(string period, DateOnly? from, DateOnly? to, DateOnly today)
    {
        var last = Begin(to ?? today, period);
        var glance = period switch
        {
            "day" => 90,
            "week" => 53,
            "month" => 24,
            _ => 10,
        };
        var first = from is null ? Next(last, period, 1 - glance) : Begin(from.Value, period);
        if (first < from)
            first = Next(first, period, 1);
        if (first > last)
            throw ProblemException.Invalid("/to", $"no {period} begins in from … to: take a later one");
        if (Next(last, period, 1 - MostPeriods) > first)
            throw ProblemException.Invalid("/from", $"is at most {MostPeriods} {period}s before to");
        return new StatisticsRange(period, first, last);
    }

    private static DateOnly Begin(DateOnly day, string period) =>
        period switch
        {
            "day" => day,
            "week" => day.AddDays(-Math.Min(day.DayNumber, ((int)day.DayOfWeek + 6) % 7)),
            "month" => new DateOnly(day.Year, day.Month, 1),
            _ => new DateOnly(day.Year, 1, 1),
        };

    private static DateOnly Next(DateOnly start, string period, int periods)
    {
        try
        {
            return period switch
            {
                "day" => start.AddDays(periods),
                "week" => start.AddDays(7 * periods),
                "month" => start.AddMonths(periods),
                _ => start.AddYears(periods),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            throw ProblemException.Invalid(periods < 0 ? "/from" : "/to", "is a date from 1000-01-01 to 9000-01-01");
        }
    }
}
