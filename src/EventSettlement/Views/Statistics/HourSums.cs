using EventSettlement.Platform;
using EventSettlement.Views.Intake;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Statistics;

/// <summary>Sums of a period, whoever or whatever they are of.</summary>
/// <param name="Start">Its first day, Seoul.</param>
public sealed record PeriodSum(DateOnly Start, long Views, long WatchedSeconds, long AdViews);

/// <summary>
/// The table <c>view_hour</c>: the views of all contents together, kept beside those of each. They are shown of any
/// stretch of time without reading what a million contents add up to.
/// </summary>
public sealed class HourSums(Database database)
{
    private const string AddSql = """
        INSERT INTO view_hour AS h (hour, partition, views, watched_seconds, ad_views)
        SELECT hour, $5, views, seconds, ads FROM unnest($1, $2, $3, $4) AS u (hour, views, seconds, ads)
        ON CONFLICT (hour, partition) DO UPDATE SET views = h.views + excluded.views,
            watched_seconds = h.watched_seconds + excluded.watched_seconds,
            ad_views = h.ad_views + excluded.ad_views
        """;

    /// <param name="sums">By hours since 1970.</param>
    /// <param name="partition">That only this transaction's process writes to.</param>
    internal static NpgsqlBatchCommand Add(IEnumerable<KeyValuePair<long, ViewSum>> sums, int partition)
    {
        var sorted = sums.OrderBy(sum => sum.Key).ToList();
        var command = new NpgsqlBatchCommand(AddSql)
            .Array(sorted, NpgsqlDbType.TimestampTz, sum => ViewDays.ToTime(sum.Key * ViewDays.Hour))
            .Bigints(sorted, sum => sum.Value.Views)
            .Bigints(sorted, sum => sum.Value.WatchedSeconds)
            .Bigints(sorted, sum => sum.Value.AdViews);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = partition });
        return command;
    }

    /// <summary>Periods with views, the first one first.</summary>
    /// <param name="period">As a filter names it.</param>
    public async Task<IReadOnlyList<PeriodSum>> Read(
        string period,
        DateOnly first,
        DateOnly last,
        CancellationToken cancel
    ) =>
        await database.Query<PeriodSum>(
            """
            SELECT date_trunc(@period, hour AT TIME ZONE interval '9 hours')::date AS start,
                sum(views)::bigint AS views, sum(watched_seconds)::bigint AS watched_seconds,
                sum(ad_views)::bigint AS ad_views
            FROM view_hour
            WHERE hour >= @first::timestamp AT TIME ZONE interval '9 hours'
                AND hour < (@last + 1)::timestamp AT TIME ZONE interval '9 hours'
            GROUP BY 1 HAVING sum(views) <> 0 ORDER BY 1
            """,
            new
            {
                period,
                first,
                last,
            },
            cancel
        );
}
