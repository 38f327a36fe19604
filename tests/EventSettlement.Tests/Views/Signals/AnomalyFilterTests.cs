using EventSettlement.Platform;
using EventSettlement.Views.Signals;

namespace EventSettlement.Tests.Views.Signals;

public sealed class AnomalyFilterTests
{
    private static readonly DateOnly Today = new(2026, 11, 28);

    [Fact]
    public void The_last_week_and_today_are_meant_where_no_days_are_named() =>
        Assert.Equal((Today.AddDays(-7), Today), AnomalyFilter.Of(null, null, null, null).Days(Today));

    [Fact]
    public void Days_that_are_not_over_are_not_meant() =>
        Assert.Equal(
            (Today.AddDays(-1), Today),
            AnomalyFilter.Of("ad", "A-1", Today.AddDays(-1), DateOnly.MaxValue).Days(Today)
        );

    [Theory]
    [InlineData("creator", null, null, null, "/by")]
    [InlineData("whole", "C-1", null, null, "/id")]
    [InlineData(null, "", null, null, "/id")]
    [InlineData(null, null, "0001-01-01", null, "/from")]
    [InlineData(null, null, null, "1999-12-31", "/to")]
    [InlineData(null, null, "2026-11-02", "2026-11-01", "/to")]
    [InlineData(null, null, "2026-08-01", null, "/from")]
    public void What_is_wrong_is_named(string? by, string? id, string? from, string? to, string pointer)
    {
        var refused = Assert.Throws<ProblemException>(() => AnomalyFilter.Of(by, id, Day(from), Day(to)).Days(Today));
        Assert.Equal(pointer, Assert.Single(refused.Document().Errors!).Pointer);
    }

    private static DateOnly? Day(string? text) => text is null ? null : DateOnly.Parse(text, null);
}
