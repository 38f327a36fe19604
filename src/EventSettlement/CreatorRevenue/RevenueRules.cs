using EventSettlement.Payees;
using EventSettlement.Views.Statistics;

namespace EventSettlement.CreatorRevenue;

/// <summary>What views earn, and what of it is paid out. Pure.</summary>
internal static class RevenueRules
{
    /// <summary>Thousandths of a won times ten-thousandths of a share.</summary>
    public const long PartsOfAWon = 10_000_000;

    /// <summary>
    /// The days of a month in stretches of one policy each, in order; a stretch without one earns nothing.
    /// </summary>
    public static MonthPolicies Stretches(DateOnly month, IReadOnlyList<RevenuePolicy> policies)
    {
        var (days, inForce) = (new List<DayStretch>(), new List<RevenuePolicy?>());
        var end = month.AddMonths(1);
        for (var day = month; day < end; day = day.AddDays(1))
        {
            var policy = RevenuePolicy.Of(policies, day);
            if (inForce.Count > 0 && inForce[^1] == policy)
                days[^1] = days[^1] with { Last = day };
            else
            {
                days.Add(new DayStretch(day, day));
                inForce.Add(policy);
            }
        }

        return new MonthPolicies(month, days, inForce);
    }

    /// <param name="sums">Of one creator and month.</param>
    public static EarnedMonth Earn(MonthPolicies month, IReadOnlyList<CreatorSum> sums)
    {
        var (views, adViews) = (0L, 0L);
        foreach (var sum in sums)
        {
            views += sum.Views;
            adViews += sum.AdViews;
        }

        Int128 parts = 0;
        var lines = new List<EarnedLine>(sums.Count);
        foreach (var sum in sums)
        {
            if (month.InForce[sum.Stretch] is not { } policy)
                continue;
            var perView = policy.PerView(views);
            parts += MilliWon(sum.Views, perView, sum.AdViews, policy.PerAdViewMilliWon) * policy.ShareBasisPoints;
            lines.Add(new EarnedLine(sum.Content, policy, sum.Views, perView, sum.AdViews));
        }

        return new EarnedMonth(
            views,
            adViews,
            checked((long)(parts / PartsOfAWon)),
            (long)(parts % PartsOfAWon),
            lines
        );
    }

    /// <summary>What views are worth before the share, in thousandths of a won.</summary>
    public static Int128 MilliWon(long views, long perView, long adViews, long perAdView) =>
        (Int128)views * perView + (Int128)adViews * perAdView;

    /// <summary>What is due is paid out whole, less withholding, or carried over whole.</summary>
    /// <param name="policy">Of the month's last day; null = no minimum.</param>
    /// <param name="lastDay">Of the month: it decides which rates of withholding hold.</param>
    public static Payout PayOut(long due, RevenuePolicy? policy, TaxKind kind, DateOnly lastDay)
    {
        if (due <= 0 || due < policy?.MinimumPayout)
            return new Payout(default, 0, due);
        var withheld = Withholding.Of(due, kind, lastDay);
        return new Payout(withheld, due - withheld.Total, 0);
    }
}

/// <summary>A month by its policies.</summary>
/// <param name="Month">Its first day.</param>
/// <param name="InForce">By the index of the days; null = none.</param>
internal sealed record MonthPolicies(
    DateOnly Month,
    IReadOnlyList<DayStretch> Days,
    IReadOnlyList<RevenuePolicy?> InForce
)
{
    public DateOnly LastDay => Month.AddMonths(1).AddDays(-1);
}

/// <summary>What a creator's views of a month earn, in won.</summary>
/// <param name="Remainder">What is cut off and not owed, in ten-millionths of a won.</param>
/// <param name="Lines">By content and policy, in the order of their ids; days without a policy have none.</param>
internal sealed record EarnedMonth(
    long Views,
    long AdViews,
    long Earned,
    long Remainder,
    IReadOnlyList<EarnedLine> Lines
);

internal readonly record struct EarnedLine(
    string Content,
    RevenuePolicy Policy,
    long Views,
    long PerViewMilliWon,
    long AdViews
);

/// <summary>What becomes of what is due: withheld, paid and carried over are it together. In won.</summary>
internal readonly record struct Payout(Withheld Withheld, long Payable, long CarriedOut);
