using System.Globalization;
using EventSettlement.Programmes;
using EventSettlement.Views;

namespace EventSettlement.CreatorRevenue;

/// <summary>
/// Facts to try with: the same seed gives the same creators, contents and views. Some contents are nobody's, and what
/// was left before its end is not paid.
/// </summary>
internal static class SampleRevenue
{
    private const int ContentsEach = 4;
    private const int ViewsEach = 80;

    // Views of days that are longer ago are not taken.
    private const int ReachBack = 33;

    public static IEnumerable<SampleFact> Facts(SampleSize size)
    {
        var (first, last) = Days(size.Date);
        var begin = first.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var (contents, random) = (size.Subjects * ContentsEach, new Random(size.Seed));
        for (var content = 1; content <= contents; content++)
            if (content % 25 != 0)
                yield return new SampleFact(
                    ViewsSlice.OwnersTopic,
                    $$"""{"contentId":"C-{{size.Seed}}-{{content}}","creatorId":"{{Owner(content)}}","""
                        + "\"from\":\""
                        + begin
                        + """T00:00:00+09:00"}"""
                );
        var end = last.AddDays(1).ToDateTime(TimeOnly.MinValue);
        var seconds = (int)(end - first.ToDateTime(TimeOnly.MinValue)).TotalSeconds;
        for (var view = 1; view <= size.Subjects * ViewsEach; view++)
        {
            // The square prefers the first contents, as people do.
            var share = random.NextDouble();
            var content = 1 + (int)(share * share * contents);
            var at = end.AddSeconds(-1 - random.Next(seconds));
            var ad = random.Next(3) == 0 ? $"\"A-{random.Next(1, 20)}\"" : "null";
            yield return new SampleFact(
                ViewsSlice.Topic,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    {"viewId":"V-{{view}}","memberId":"M-{{random.Next(
                        1,
                        500
                    )}}","contentId":"C-{{size.Seed}}-{{content}}",
                    """
                )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $$"""
                        "watchedSeconds":{{random.Next(30, 3600)}},"completed":{{(random.Next(10) == 0
                            ? "false"
                            : "true")}},"adId":{{ad}},"viewedAt":"{{at:yyyy-MM-dd'T'HH:mm:ss}}+09:00"}
                        """
                    )
            );
        }
    }

    /// <summary>In force for all views of the sample; so dear that a few views are worth a payout.</summary>
    public static string Policy(SampleSize size) =>
        $$"""
            {"effectiveFrom":"{{Month(size.Date):yyyy-MM-dd}}","currency":"KRW","tiers":[{"fromMonthlyViews":0,
            "perViewMilliWon":210000},{"fromMonthlyViews":200,"perViewMilliWon":240000}],
            "perAdViewMilliWon":700000,"shareBasisPoints":5500,"minimumPayout":5000}
            """;

    /// <summary>Of the month that ended last before the date, as many of its last days as are taken.</summary>
    private static (DateOnly First, DateOnly Last) Days(DateOnly date)
    {
        var (month, reach) = (Month(date), date.AddDays(-ReachBack));
        return (reach > month ? reach : month, month.AddMonths(1).AddDays(-1));
    }

    private static DateOnly Month(DateOnly date) => RevenueMonth.Of(date).AddMonths(-1);

    private static string Owner(int content) =>
        string.Create(CultureInfo.InvariantCulture, $"CR-{1 + ((content - 1) / ContentsEach)}");
}
