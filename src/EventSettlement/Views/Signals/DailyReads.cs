using System.Runtime.CompilerServices;
using EventSettlement.Platform;
using EventSettlement.Views.Owners;
using EventSettlement.Views.Statistics;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Signals;

/// <summary>Views by day and by hour as series without gaps, from the statistics.</summary>
internal sealed class DailyReads(Database database)
{
    private const string ContentsSql = """
        SELECT content_id, day, views, ad_views FROM view_content_day
        WHERE day BETWEEN $1 AND $2 AND ($3 IS NULL OR content_id = $3) ORDER BY content_id, day
        """;

    private const string AdsSql = """
        SELECT ad_id, day, views, views FROM view_ad_day
        WHERE day BETWEEN $1 AND $2 AND ($3 IS NULL OR ad_id = $3) ORDER BY ad_id, day
        """;

    private const string HoursSql = """
        SELECT hour, sum(views)::bigint FROM view_hour WHERE hour >= $1 AND hour <= $2 GROUP BY hour ORDER BY hour
        """;

    // A creator without views has one row, without a day.
    private static readonly string CreatorsSql = $"""
        WITH wanted AS MATERIALIZED (
            SELECT DISTINCT creator_id FROM content_owner
            WHERE creator_id > $4 AND ($3 IS NULL OR creator_id = $3) ORDER BY 1 LIMIT $5),
        {OwnedDays.Of("SELECT creator_id FROM wanted")}
        SELECT w.creator_id, s.day, coalesce(s.views, 0), coalesce(s.ad_views, 0) FROM wanted w
        LEFT JOIN (
            SELECT o.creator_id, d.day, sum(d.views)::bigint AS views, sum(d.ad_views)::bigint AS ad_views
            FROM owned o JOIN view_content_day d ON {OwnedDays.Join}
            WHERE d.day BETWEEN $1 AND $2 AND o.creator_id IN (SELECT creator_id FROM wanted)
            GROUP BY 1, 2) s ON s.creator_id = w.creator_id
        ORDER BY 1, 2
        """;

    private readonly HourSums _hours = new(database);

    /// <summary>The database's time.</summary>
    public async Task<DateTime> ReadNow(CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand("SELECT clock()");
        return (DateTime)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>In the order of their ids, each from its first day with views in that time on.</summary>
    /// <param name="id">Null = all.</param>
    public IAsyncEnumerable<(string Id, DailyViews Series)> Contents(
        DateOnly from,
        DateOnly to,
        string? id,
        CancellationToken cancel
    ) => Read(ContentsSql, from, to, [Text(id)], cancel);

    public IAsyncEnumerable<(string Id, DailyViews Series)> Ads(
        DateOnly from,
        DateOnly to,
        string? id,
        CancellationToken cancel
    ) => Read(AdsSql, from, to, [Text(id)], cancel);

    /// <summary>Those who ever earned from a content, also without views: their series begins after its end.</summary>
    /// <param name="after">Ids after this one.</param>
    /// <param name="most">Null = all.</param>
    public IAsyncEnumerable<(string Id, DailyViews Series)> Creators(
        DateOnly from,
        DateOnly to,
        string? id,
        string after,
        int? most,
        CancellationToken cancel
    )
    {
        var limit = new NpgsqlParameter { Value = (object?)most ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };
        return Read(CreatorsSql, from, to, [Text(id), Text(after), limit], cancel);
    }

    /// <summary>All contents together, also those of nobody; null = nothing was watched in that time.</summary>
    public async Task<DailyViews?> Whole(DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var days = await _hours.Read("day", from, to, cancel);
        if (days.Count == 0)
            return null;
        var series = Empty(days[0].Start, to);
        foreach (var day in days)
        {
            var place = series.PlaceOf(day.Start);
            (series.Views[place], series.AdViews[place]) = (day.Views, day.AdViews);
        }

        return series;
    }

    /// <summary>All contents together by the hour; the last is the hour of that moment.</summary>
    public async Task<(DateTime First, long[] Views)?> Hours(DateTime from, DateTime to, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(HoursSql);
        foreach (var edge in (DateTime[])[from, to])
            command.Parameters.Add(new() { Value = edge, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var row = await command.ExecuteReaderAsync(cancel);
        (DateTime First, long[] Views)? hours = null;
        while (await row.ReadAsync(cancel))
        {
            var hour = row.GetDateTime(0);
            hours ??= (hour, new long[(int)(to - hour).TotalHours + 1]);
            hours.Value.Views[(int)(hour - hours.Value.First).TotalHours] = row.GetInt64(1);
        }

        return hours;
    }

    private async IAsyncEnumerable<(string Id, DailyViews Series)> Read(
        string sql,
        DateOnly from,
        DateOnly to,
        NpgsqlParameter[] more,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        foreach (var edge in (DateOnly[])[from, to])
            command.Parameters.Add(new() { Value = edge, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.AddRange(more);
        await using var row = await command.ExecuteReaderAsync(cancel);
        (string Id, DailyViews Series)? open = null;
        while (await row.ReadAsync(cancel))
        {
            var id = row.GetString(0);
            if (open is { } done && done.Id != id)
            {
                yield return done;
                open = null;
            }

            var day = row.IsDBNull(1) ? to.AddDays(1) : row.GetFieldValue<DateOnly>(1);
            open ??= (id, Empty(day, to));
            if (day > to)
                continue;
            var place = open.Value.Series.PlaceOf(day);
            open.Value.Series.Views[place] = row.GetInt64(2);
            open.Value.Series.AdViews[place] = row.GetInt64(3);
        }

        if (open is { } last)
            yield return last;
    }

    private static DailyViews Empty(DateOnly first, DateOnly last)
    {
        var days = last.DayNumber - first.DayNumber + 1;
        return new DailyViews(first, new long[days], new long[days]);
    }

    private static NpgsqlParameter Text(string? text) =>
        new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
