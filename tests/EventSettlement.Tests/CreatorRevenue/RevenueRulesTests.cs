using EventSettlement.CreatorRevenue;
using EventSettlement.Payees;
using EventSettlement.Views.Statistics;

namespace EventSettlement.Tests.CreatorRevenue;

public sealed class RevenueRulesTests
{
    private static readonly DateOnly November = new(2026, 11, 1);
    private static readonly DateOnly LastDay = new(2026, 11, 30);

    private static readonly RevenuePolicy Policy = new(
        November,
        [new(0, 2100), new(1_000_000, 2400)],
        7000,
        5500,
        10_000
    );

    [Fact]
    public void A_month_earns_its_views_times_the_rate_of_their_tier_and_its_ad_views_besides()
    {
        var earned = Earn([Policy], ("C-1", 904_311, 88_120));

        Assert.Equal(1_383_741, earned.Earned);
        Assert.Equal(2_050_000, earned.Remainder);
    }

    /// <summary>Not marginal: one view more raises them all.</summary>
    [Theory]
    [InlineData(999_999, 1_154_998)]
    [InlineData(1_000_000, 1_320_000)]
    public void The_whole_month_decides_the_tier(long views, long expected) =>
        Assert.Equal(expected, Earn([Policy], ("C-1", views / 2, 0), ("C-2", views - views / 2, 0)).Earned);

    [Fact]
    public void It_is_cut_once_for_the_whole_month()
    {
        var lines = Enumerable.Range(0, 10).Select(i => ($"C-{i}", 1L, 0L)).ToArray();

        // Each alone earns 1.155 won.
        Assert.Equal(11, Earn([Policy], lines).Earned);
    }

    [Fact]
    public void Days_before_the_first_policy_earn_nothing_and_count_for_the_tier()
    {
        var later = Policy with { EffectiveFrom = new DateOnly(2026, 11, 11) };
        var month = RevenueRules.Stretches(November, [later]);

        Assert.Equal([new(November, new(2026, 11, 10)), new DayStretch(new(2026, 11, 11), LastDay)], month.Days);
        CreatorSum[] sums = [new("CR-1", "C-1", 0, 999_000, 0), new("CR-1", "C-1", 1, 1_000, 0)];
        Assert.Equal(1_320, RevenueRules.Earn(month, sums).Earned);
    }

    [Fact]
    public void Two_policies_of_a_month_earn_by_their_days()
    {
        var second = Policy with { EffectiveFrom = new DateOnly(2026, 11, 20), ShareBasisPoints = 10_000 };
        var month = RevenueRules.Stretches(November, [Policy, second]);
        CreatorSum[] sums = [new("CR-1", "C-1", 0, 1_000, 0), new("CR-1", "C-1", 1, 1_000, 0)];

        var earned = RevenueRules.Earn(month, sums);

        Assert.Equal(1_155 + 2_100, earned.Earned);
        Assert.Equal([Policy, second], earned.Lines.Select(line => line.Policy));
    }

    [Fact]
    public void The_largest_numbers_do_not_overflow_on_the_way()
    {
        var dear = Policy with { Tiers = [new(0, 1_000_000_000)], ShareBasisPoints = 10_000 };

        Assert.Equal(9_000_000_000_000_000, Earn([dear], ("C-1", 9_000_000_000, 0)).Earned);
    }

    [Theory]
    [InlineData(9_999, 0, 0, 9_999)]
    [InlineData(10_000, 0, 10_000, 0)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(-5, 0, 0, -5)]
    public void Less_than_the_least_payout_is_carried_over_whole(long due, long withheld, long payable, long carried)
    {
        var payout = RevenueRules.PayOut(due, Policy, TaxKind.None, LastDay);

        Assert.Equal((withheld, payable, carried), (payout.Withheld.Total, payout.Payable, payout.CarriedOut));
    }

    [Fact]
    public void Without_a_policy_on_the_last_day_there_is_no_least_payout() =>
        Assert.Equal(1, RevenueRules.PayOut(1, null, TaxKind.None, LastDay).Payable);

    [Fact]
    public void A_person_is_paid_less_what_is_withheld()
    {
        var payout = RevenueRules.PayOut(1_383_741, Policy, TaxKind.Personal, LastDay);

        Assert.Equal((41_510, 4_150, 1_338_081), (payout.Withheld.IncomeTax, payout.Withheld.LocalTax, payout.Payable));
    }

    [Fact]
    public void An_account_books_what_it_pays_and_its_lines_sum_to_zero()
    {
        var month = RevenueRules.Stretches(November, [Policy]);
        var account = RevenueMonth.Account(
            "CR-1",
            month,
            Earn([Policy], ("C-1", 904_311, 88_120)),
            [new Correction(new(2026, 10, 1), -41)],
            [new(new(2026, 10, 1), false, 300)],
            TaxKind.Personal
        );

        Assert.Equal(1_384_000 - 41_520 - 4_150, account.Amounts.Single());
        Assert.Equal(0, account.Booking.Sum(line => line.Amount) + account.Amounts.Sum());
        Assert.Equal(-1_383_700, account.Booking.Single(line => line.Account == "cost-of-revenue").Amount);
        Assert.Equal(-300, account.Booking.Single(line => line.Account == "carried-over").Amount);
    }

    private static EarnedMonth Earn(RevenuePolicy[] policies, params (string Content, long Views, long AdViews)[] of) =>
        RevenueRules.Earn(
            RevenueRules.Stretches(November, policies),
            [.. of.Select(one => new CreatorSum("CR-1", one.Content, 0, one.Views, one.AdViews))]
        );
}
