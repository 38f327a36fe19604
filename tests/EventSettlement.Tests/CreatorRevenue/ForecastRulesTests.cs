using EventSettlement.CreatorRevenue;
using EventSettlement.CreatorRevenue.Forecasts;
using EventSettlement.Views.Signals;

namespace EventSettlement.Tests.CreatorRevenue;

public sealed class ForecastRulesTests
{
    private static readonly DateOnly November = new(2026, 11, 1);

    [Fact]
    public void A_month_earns_by_the_tier_of_all_its_days_and_by_each_day_s_policy()
    {
        // From the 16th 2.4 won a view instead of 2.1, 7 won an ad view, and 55 %.
        var month = RevenueRules.Stretches(November, [Policy(November, 2_100), Policy(new(2026, 11, 16), 2_400)]);
        var days = new MonthDays(
            [.. Enumerable.Repeat(1_000L, 30)],
            [.. Enumerable.Range(0, 30).Select(day => day == 29 ? 100L : 0L)]
        );
        Assert.Equal(
            ((15_000 * 2_100L) + (15_000 * 2_400L) + (100 * 7_000L)) * 5_500 / 10_000_000,
            ForecastRules.Earned(month, days)
        );
    }

    [Fact]
    public void Views_that_reach_the_next_tier_are_worth_more_for_the_whole_month()
    {
        var month = RevenueRules.Stretches(November, [Policy(November, 2_100)]);
        long[] little = [.. Enumerable.Repeat(33_333L, 30)];
        long[] much = [.. Enumerable.Repeat(33_334L, 30)];
        Assert.Equal(
            999_990 * 2_100L * 5_500 / 10_000_000,
            ForecastRules.Earned(month, new MonthDays(little, new long[30]))
        );
        Assert.Equal(
            1_000_020 * 9_000L * 5_500 / 10_000_000,
            ForecastRules.Earned(month, new MonthDays(much, new long[30]))
        );
    }

    [Fact]
    public void Days_of_a_longer_month_are_by_the_policies_of_this_one_from_its_end_on()
    {
        var month = RevenueRules.Stretches(November, [Policy(November, 1_000), Policy(new(2026, 11, 30), 2_000)]);
        var days = new long[31];
        (days[0], days[30]) = (10_000, 10_000);
        Assert.Equal((10_000 + 20_000) * 55 / 100, ForecastRules.Earned(month, new MonthDays(days, new long[31])));
    }

    private static RevenuePolicy Policy(DateOnly from, long perView) =>
        new(from, [new RevenueTier(0, perView), new RevenueTier(1_000_000, 9_000)], 7_000, 5_500, 0);
}
