using EventSettlement.Platform;
using EventSettlement.Runs;

namespace EventSettlement.Tests.Runs;

public sealed class RunCalendarTests
{
    [Theory]
    [InlineData("2026-11-20T18:00:00Z", "2026-11-20T18:00:00Z", "2026-11-21")]
    [InlineData("2026-11-20T17:59:59Z", "2026-11-19T18:00:00Z", "2026-11-20")]
    [InlineData("2026-11-21T05:00:00Z", "2026-11-20T18:00:00Z", "2026-11-21")]
    public void Three_in_the_morning_is_meant_in_Seoul(string now, string due, string date)
    {
        var last = new RunCalendar("0 0 3 * * ?").LastDue(Utc(now));
        Assert.Equal(Utc(due), last);
        Assert.Equal(date, Seoul.DateOf(last!.Value).ToString("yyyy-MM-dd", null));
    }

    [Fact]
    public void A_business_date_begins_at_midnight_in_Seoul() =>
        Assert.Equal(Utc("2026-11-19T15:00:00Z"), Seoul.Begin(new DateOnly(2026, 11, 20)));

    [Fact]
    public void A_schedule_of_every_second_has_a_last_one() =>
        Assert.Equal(
            Utc("2026-11-20T10:00:00Z"),
            new RunCalendar("* * * * * ?").LastDue(Utc("2026-11-20T10:00:00.5Z"))
        );

    [Fact]
    public void A_schedule_that_is_never_due_has_none() =>
        Assert.Null(new RunCalendar("0 0 3 1 1 ? 2099").LastDue(Utc("2026-11-20T10:00:00Z")));

    private static DateTime Utc(string text) => DateTimeOffset.Parse(text, null).UtcDateTime;
}
