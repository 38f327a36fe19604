using EventSettlement.Views.Signals;
using EventSettlement.Views.Statistics;

namespace EventSettlement.CreatorRevenue.Forecasts;

/// <summary>What the days of a month earn, whether they are over or forecast. Pure.</summary>
internal static class ForecastRules
{
    /// <summary>
    /// By the policies of the month, whichever month the days are of: their last is taken as its last, so that past
    /// months tell how good a forecast is and not what was paid then.
    /// </summary>
    /// <returns>In won.</returns>
    public static long Earned(MonthPolicies month, MonthDays days)
    {
        var sums = new List<CreatorSum>(month.Days.Count);
        for (var stretch = 0; stretch < month.Days.Count; stretch++)
        {
            var (views, adViews) = (0L, 0L);
            for (var place = 0; place < days.Views.Length; place++)
                if (StretchOf(month, days, place) == stretch)
                    (views, adViews) = checked((views + days.Views[place], adViews + days.AdViews[place]));
            sums.Add(new CreatorSum("", "", stretch, views, adViews));
        }

        return RevenueRules.Earn(month, sums).Earned;
    }

    /// <summary>Days of a longer month that have no day in this one are as its first.</summary>
    private static int StretchOf(MonthPolicies month, MonthDays days, int place)
    {
        var day = month.LastDay.AddDays(1 + place - days.Views.Length);
        for (var stretch = 0; stretch < month.Days.Count; stretch++)
            if (day <= month.Days[stretch].Last)
                return stretch;
        return month.Days.Count - 1;
    }
}
