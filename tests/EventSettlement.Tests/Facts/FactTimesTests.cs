using System.Globalization;
using EventSettlement.Facts;

namespace EventSettlement.Tests.Facts;

public sealed class FactTimesTests
{
    [Theory]
    [InlineData("2026-11-19T22:10:00+09:00", "2026-11-19T13:10:00.000000")]
    [InlineData("2026-11-19t22:10:00z", "2026-11-19T22:10:00.000000")]
    [InlineData("2026-11-19T22:10:00+0900", "2026-11-19T13:10:00.000000")]
    [InlineData("2026-11-19T22:10:00-00:00", "2026-11-19T22:10:00.000000")]
    [InlineData("2026-11-19T22:10Z", "2026-11-19T22:10:00.000000")]
    [InlineData("2026-11-19T22:10:00.1Z", "2026-11-19T22:10:00.100000")]
    [InlineData("2026-11-19T22:10:00.123456999Z", "2026-11-19T22:10:00.123456")]
    [InlineData("2024-02-29T00:00:00-14:00", "2024-02-29T14:00:00.000000")]
    public void A_time_counts_to_the_microsecond_wherever_it_is_told(string text, string utc)
    {
        Assert.True(FactTimes.TryRead(text, out var at));
        Assert.Equal(utc, at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        Assert.Equal(DateTimeKind.Utc, at.Kind);
    }

    [Theory]
    [InlineData("2026-11-19T22:10:00")]
    [InlineData("2026-11-19 22:10:00Z")]
    [InlineData("2026-11-19T22:10:00+09")]
    [InlineData("2026-11-19T22:10:00+14:01")]
    [InlineData("2026-11-19T22:10:00+00:60")]
    [InlineData("2026-11-19T23:59:60Z")]
    [InlineData("2026-11-19T24:00:00Z")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-11-19T22:10:00.Z")]
    [InlineData("2026-11-19T22:10:00,5Z")]
    [InlineData("2026-11-19T22:10:00ZZ")]
    [InlineData("0001-01-01T00:00:00+09:00")]
    [InlineData("9999-12-31T23:59:59-09:00")]
    [InlineData("2026-11-19T22:1０:00Z")]
    [InlineData("")]
    public void What_is_no_time_with_an_offset_is_none(string text) => Assert.False(FactTimes.TryRead(text, out _));

    [Fact]
    public void Now_is_the_records_time_within_a_week_before_the_clock()
    {
        var clock = new DateTime(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);
        Assert.Equal(clock.AddDays(-3), FactBody.Now(clock.AddDays(-3), clock));
        Assert.Equal(clock, FactBody.Now(clock.AddSeconds(1), clock));
        Assert.Equal(clock.AddDays(-7), FactBody.Now(clock.AddDays(-30), clock));
    }
}
