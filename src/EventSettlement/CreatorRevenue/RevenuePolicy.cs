namespace EventSettlement.CreatorRevenue;

/// <summary>What views earn, from a day on.</summary>
/// <param name="EffectiveFrom">The first day, Asia/Seoul.</param>
/// <param name="Tiers">The first at 0 views, rising.</param>
/// <param name="PerAdViewMilliWon">Thousandths of a won, besides what the view earns.</param>
/// <param name="ShareBasisPoints">Of 10,000: the creator's part.</param>
/// <param name="MinimumPayout">In won: less is carried over.</param>
public sealed record RevenuePolicy(
    DateOnly EffectiveFrom,
    IReadOnlyList<RevenueTier> Tiers,
    long PerAdViewMilliWon,
    int ShareBasisPoints,
    long MinimumPayout
)
{
    public const string Currency = "KRW";

    /// <summary>What makes a view payable: the only way that there is.</summary>
    public const string CountsWhen = "completed";

    /// <summary>The whole month's views decide for each of them.</summary>
    /// <returns>Thousandths of a won a view.</returns>
    public long PerView(long monthlyViews)
    {
        var rate = Tiers[0].PerViewMilliWon;
        foreach (var tier in Tiers)
            if (tier.FromMonthlyViews <= monthlyViews)
                rate = tier.PerViewMilliWon;
        return rate;
    }

    /// <returns>The policy of a day; null where none is in force yet.</returns>
    /// <param name="policies">By their first day.</param>
    public static RevenuePolicy? Of(IReadOnlyList<RevenuePolicy> policies, DateOnly day)
    {
        RevenuePolicy? found = null;
        foreach (var policy in policies)
            if (policy.EffectiveFrom <= day)
                found = policy;
        return found;
    }
}

/// <param name="FromMonthlyViews">Of a creator's views of the whole month the least.</param>
/// <param name="PerViewMilliWon">Thousandths of a won.</param>
public sealed record RevenueTier(long FromMonthlyViews, long PerViewMilliWon);
