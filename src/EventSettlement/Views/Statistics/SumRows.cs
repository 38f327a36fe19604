using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Statistics;

/// <summary>What is to be added to the sums of one id and day.</summary>
internal readonly record struct SumRow(string Id, int Day, ViewSum Sum);

/// <summary>
/// Adds to the tables <c>view_content_day</c> and <c>view_ad_day</c>, in the order of their keys: two transactions that
/// add to the same rows never wait in a circle.
/// </summary>
internal static class SumRows
{
    private const string AddContentsSql = """
        INSERT INTO view_content_day AS d (content_id, day, views, watched_seconds, ad_views)
        SELECT * FROM unnest($1, $2, $3, $4, $5)
        ON CONFLICT (content_id, day) DO UPDATE SET views = d.views + excluded.views,
            watched_seconds = d.watched_seconds + excluded.watched_seconds, ad_views = d.ad_views + excluded.ad_views
        """;

    private const string AddAdsSql = """
        INSERT INTO view_ad_day AS d (ad_id, day, views, watched_seconds)
        SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (ad_id, day) DO UPDATE SET views = d.views + excluded.views,
            watched_seconds = d.watched_seconds + excluded.watched_seconds
        """;

    public static NpgsqlBatchCommand AddContents(IEnumerable<SumRow> rows)
    {
        var sorted = Sorted(rows);
        return Add(AddContentsSql, sorted).Bigints(sorted, r => r.Sum.AdViews);
    }

    /// <summary>Every view of an ad is one with an ad, so that sum is not kept.</summary>
    public static NpgsqlBatchCommand AddAds(IEnumerable<SumRow> rows) => Add(AddAdsSql, Sorted(rows));

    private static List<SumRow> Sorted(IEnumerable<SumRow> rows) =>
        [.. rows.OrderBy(r => r.Id, StringComparer.Ordinal).ThenBy(r => r.Day)];

    private static NpgsqlBatchCommand Add(string sql, List<SumRow> rows) =>
        new NpgsqlBatchCommand(sql)
            .Texts(rows, r => r.Id)
            .Array(rows, NpgsqlDbType.Date, r => ViewDays.ToDate(r.Day))
            .Bigints(rows, r => r.Sum.Views)
            .Bigints(rows, r => r.Sum.WatchedSeconds);
}
