using EventSettlement.Platform;
using EventSettlement.Views.Statistics;

namespace EventSettlement.Tests.Views;

public sealed class StatisticsRangeTests
{
    private static readonly DateOnly Today = new(2026, 12, 31);

    [Theory]
    [InlineData("day", null, null, "2026-10-03", "2026-12-31", 90)]
    [InlineData("week", null, null, "2025-12-29", "2026-12-28", 53)]
    [InlineData("month", null, null, "2025-01-01", "2026-12-01", 24)]
    [InlineData("year", null, null, "2017-01-01", "2026-01-01", 10)]
    [InlineData("week", "2026-12-22", "2027-01-03", "2026-12-28", "2026-12-28", 1)]
    [InlineData("month", "2026-11-01", "2026-12-01", "2026-11-01", "2026-12-01", 2)]
    [InlineData("month", "2026-11-02", "2026-12-15", "2026-12-01", "2026-12-01", 1)]
    public void Periods_are_those_that_begin_within(
        string period,
        string? from,
        string? to,
        string first,
        string last,
        int periods
    )
    {
        var range = StatisticsRange.Of(period, Day(from), Day(to), Today);
        Assert.Equal((Day(first), Day(last)), (range.First, range.Last));
        Assert.Equal(periods, range.Starts.Count);
        Assert.Equal(Day(last), range.Starts[^1]);
    }

    [Theory]
    [InlineData("day", "2024-01-01", null)]
    [InlineData("day", "2026-12-02", "2026-12-01")]
    [InlineData("month", "2026-12-02", "2026-12-31")]
    [InlineData("year", null, "0005-01-01")]
    public void What_cannot_be_drawn_is_refused(string period, string? from, string? to) =>
        Assert.Throws<ProblemException>(() => StatisticsRange.Of(period, Day(from), Day(to), Today));

    private static DateOnly? Day(string? text) => text is null ? null : DateOnly.Parse(text);
}
