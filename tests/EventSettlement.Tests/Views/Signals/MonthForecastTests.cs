using EventSettlement.Views.Signals;
using Xunit.Abstractions;

namespace EventSettlement.Tests.Views.Signals;

public sealed class MonthForecastTests(ITestOutputHelper output)
{
    private static readonly DateOnly First = new(2026, 6, 1);

    [Fact]
    public void The_same_every_week_is_forecast_exactly_and_without_error()
    {
        // November 2026 begins on a Sunday; 2026-06-01 is a Monday.
        var today = new DateOnly(2026, 11, 21);
        var series = Series(today.DayNumber - First.DayNumber, day => 100 + (day % 7));
        var told = Told(series, today)!;
        var whole = Enumerable
            .Range(0, 30)
            .Sum(day => 100L + ((new DateOnly(2026, 11, 1).AddDays(day).DayNumber - First.DayNumber) % 7));
        Assert.Equal(whole, told.Expected);
        Assert.Equal((0.0, 0.0), (told.Error, told.NaiveError));
        Assert.True(told.Low <= whole && told.High >= whole && told.High - told.Low < whole / 10, $"{told}");
        Assert.Equal("the last 10 days of 3 past months", MonthForecast.MeasuredOn(First, today));
    }

    [Fact]
    public void The_error_is_that_of_the_same_days_of_past_months()
    {
        // 100 a day, but in October's last ten days 200: of 4,100 views 1,000 were not forecast.
        var today = new DateOnly(2026, 11, 21);
        var from = new DateOnly(2026, 10, 22).DayNumber - First.DayNumber;
        var series = Series(today.DayNumber - First.DayNumber, day => day >= from && day < from + 10 ? 200 : 100);
        var running = MonthForecast.Of(series, today, days => days.Views.Sum())!;
        Assert.Equal(new PastMonth(2_100, 4_100, 3_100, 3_100), running.Past[0]);
        Assert.Equal(new PastMonth(2_000, 3_000, 3_000, 3_000), running.Past[1]);
        Assert.Equal(1_000.0 / (4_100 + 3_000 + 3_100), MonthForecast.Measured(running)!.Error, 9);
    }

    [Fact]
    public void A_day_is_the_mean_of_four_weeks_the_last_counting_most()
    {
        var today = new DateOnly(2026, 11, 30);
        var series = Series(today.DayNumber - First.DayNumber, day => 0);
        foreach (var (weeks, views) in (IEnumerable<(int, long)>)[(1, 1_000), (2, 100), (3, 10), (4, 500)])
            series.Views[series.PlaceOf(today.AddDays(-7 * weeks))] = views;
        var running = MonthForecast.Of(series, today, days => days.Views[^1])!;
        Assert.Equal(((4 * 1_000) + (3 * 100) + (2 * 10) + 500 + 5) / 10, running.Expected);
    }

    [Fact]
    public void What_has_risen_for_four_weeks_is_expected_to_rise_on()
    {
        var today = new DateOnly(2026, 11, 16);
        var known = today.DayNumber - First.DayNumber;
        var series = Series(known, day => (long)(1_000 * Math.Pow(1.1, day / 7.0)));
        var actual = Enumerable.Range(known - 15, 30).Sum(day => (long)(1_000 * Math.Pow(1.1, day / 7.0)));
        var told = Told(series, today)!;
        Assert.Equal(actual, told.Expected, actual * 0.03);
        Assert.True(told.NaiveError > 0.05 && told.Error < 0.04, $"{told}");
    }

    [Fact]
    public void What_the_running_day_has_already_is_not_forecast_away()
    {
        var today = new DateOnly(2026, 11, 21);
        var series = Series(today.DayNumber - First.DayNumber + 1, day => 100);
        series.Views[^1] = 5_000;
        var told = Told(series, today)!;
        Assert.Equal(7_000, told.SoFar);
        Assert.Equal((29 * 100) + 5_000, told.Expected);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(24, 0)]
    [InlineData(26, 1)]
    [InlineData(33, 2)]
    public void Without_a_past_month_stretches_of_as_many_days_tell_of_the_error(int known, int stretches)
    {
        // On the 20th 11 days are left; two weeks must lie before a stretch, and a whole one after.
        var today = new DateOnly(2026, 11, 20);
        var first = today.AddDays(-known - 2);
        Assert.Equal(stretches, MonthForecast.Past(first, today).Count);
        Assert.Equal(stretches == 0, Told(Series(known + 2, _ => 100, first), today) is null);
    }

    [Fact]
    public void Nothing_is_told_where_nothing_came_of_the_past()
    {
        var today = new DateOnly(2026, 11, 21);
        Assert.Null(Told(Series(today.DayNumber - First.DayNumber, _ => 0), today));
    }

    /// <summary>What the page of the decision states, on generated years.</summary>
    [Fact]
    public void Nine_in_ten_months_end_in_their_band_and_the_naive_forecast_is_worse()
    {
        var random = new Random(1);
        foreach (
            var kind in (GeneratedDays[])
                [new(300, 0.15, 0, true), new(3_000, 0.1, 0.1, true), new(30, 0, 0, true), new(3_000, 0.1, 0.02, true)]
        )
        {
            var (within, error, naive, months) = (0, 0.0, 0.0, 0);
            for (var series = 0; series < 300; series++)
            {
                var year = kind.Make(random, 183);
                var today = new DateOnly(2026, 11, random.Next(5, 27));
                var all = new DailyViews(First, year, new long[183]);
                var known = today.DayNumber - First.DayNumber;
                var told = Told(new DailyViews(First, year[..known], new long[known]), today)!;
                var actual = year[(new DateOnly(2026, 11, 1).DayNumber - First.DayNumber)..].Sum();
                Assert.Equal(new DateOnly(2026, 12, 1), all.End);
                within += actual >= told.Low && actual <= told.High ? 1 : 0;
                (error, naive, months) = (error + told.Error, naive + told.NaiveError, months + 1);
            }

            output.WriteLine(
                $"{kind}: {within} of {months} in the band; {error / months:P2}, naive {naive / months:P2}"
            );
            Assert.True(within >= months * 0.85, $"{within} of {months}");
            // What grows by little a week is neither level nor steep: there last week is the better guess.
            Assert.True(kind.Growth == 0.02 || error < naive);
        }
    }

    private static Forecast? Told(DailyViews series, DateOnly today) =>
        MonthForecast.Of(series, today, days => days.Views.Sum()) is { } running
            ? MonthForecast.Measured(running)
            : null;

    private static DailyViews Series(int days, Func<int, long> views, DateOnly? first = null) =>
        new(first ?? First, [.. Enumerable.Range(0, days).Select(views)], new long[days]);
}
