using System.Globalization;
using System.Runtime.CompilerServices;
using EventSettlement.Api;
using EventSettlement.Platform;
using EventSettlement.Views.Owners;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Statistics;

/// <summary>Sums of one id and period.</summary>
/// <param name="Id">Empty where creators are listed: contents without an owner on the day.</param>
/// <param name="Start">First day of the period, Seoul.</param>
public sealed record StatisticsRow(
    string By,
    string Id,
    string Period,
    DateOnly Start,
    long Views,
    long WatchedSeconds,
    long AdViews
);

/// <summary>Sums of days, by any period.</summary>
public sealed class StatisticsReads(Database database)
{
    private readonly PeriodLists _lists = new(database);

    private const string Contents =
        "SELECT content_id AS id, day, views, watched_seconds, ad_views FROM view_content_day";

    private const string Ads = "SELECT ad_id AS id, day, views, watched_seconds, views AS ad_views FROM view_ad_day";

    private static readonly string Creators = $"""
        WITH {OwnedDays.Of()}
        SELECT coalesce(o.creator_id, '') AS id, d.day, d.views, d.watched_seconds, d.ad_views
        FROM view_content_day d LEFT JOIN owned o ON {OwnedDays.Join}
        """;

    private static readonly string Creator = $"""
        WITH {OwnedDays.Of("@id")}
        SELECT o.creator_id AS id, d.day, d.views, d.watched_seconds, d.ad_views
        FROM owned o JOIN view_content_day d ON {OwnedDays.Join} WHERE o.creator_id = @id
        """;

    /// <summary>A page in the order of first day and id; all of it at once where the top is asked for.</summary>
    public async Task<Page<StatisticsRow>> List(
        StatisticsFilter filter,
        int? limit,
        string? after,
        CancellationToken cancel
    )
    {
        var most = Paging.Limit(limit);
        var rows = new List<StatisticsRow>();
        await foreach (var row in Read(filter, Place(after), most + 1, cancel))
            rows.Add(row);
        return filter.Top is null
            ? Paging.Cut(rows, most, r => $"{r.Start:yyyy-MM-dd}|{r.Id}")
            : new Page<StatisticsRow>(rows, false, null);
    }

    /// <param name="most">Null = all.</param>
    public async IAsyncEnumerable<StatisticsRow> Read(
        StatisticsFilter filter,
        (DateOnly Start, string Id)? after,
        int? most,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (filter is { Id: null, Top: null } and not { Period: "day", By: not "creator" })
        {
            await foreach (var sums in _lists.Read(filter, after, most, cancel))
                yield return sums;
            yield break;
        }

        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(Sql(filter), connection);
        command.Parameters.Add(Date("from", filter.From));
        command.Parameters.Add(Date("to", filter.To));
        command.Parameters.Add(Date("seen", after?.Start));
        command.Parameters.Add(new("id", NpgsqlDbType.Text) { Value = (object?)filter.Id ?? DBNull.Value });
        command.Parameters.Add(new("seen_id", NpgsqlDbType.Text) { Value = after?.Id ?? "" });
        var limit = (object?)(filter.Top ?? most) ?? DBNull.Value;
        command.Parameters.Add(new("most", NpgsqlDbType.Bigint) { Value = limit });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            yield return new StatisticsRow(
                filter.By,
                row.GetString(0),
                filter.Period,
                row.GetFieldValue<DateOnly>(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4)
            );
    }

    private static string Sql(StatisticsFilter filter)
    {
        var rows = filter.By switch
        {
            "content" => Contents,
            "ad" => Ads,
            _ => string.IsNullOrEmpty(filter.Id) ? Creators : Creator,
        };
        // Names of the filter's own closed list, no text of a caller.
        var order = filter.Top is null ? """start, id COLLATE "C" """ : """views DESC, id COLLATE "C", start""";
        var start = $"date_trunc('{filter.Period}', day::timestamp)::date";
        // A day of a content or ad is a row: it is read in the order of an index, as far as the page goes.
        var (sums, group) = filter is { Period: "day", By: not "creator" }
            ? ("day AS start, views, watched_seconds, ad_views", "")
            : (
                $"{start} AS start, sum(views)::bigint AS views, sum(watched_seconds)::bigint AS watched_seconds, "
                    + "sum(ad_views)::bigint AS ad_views",
                "GROUP BY 1, 2"
            );
        return $"""
            SELECT * FROM (
                SELECT id, {sums}
                FROM ({rows}) d
                WHERE (@id IS NULL OR id = @id) AND (@from IS NULL OR day >= @from)
                    AND (@seen IS NULL OR day >= @seen)
                    AND (@to IS NULL OR day < (@to + interval '1 {filter.Period}')::date)
                {group}) s
            WHERE (@from IS NULL OR start >= @from) AND (@to IS NULL OR start <= @to)
                AND (@seen IS NULL OR (start, id COLLATE "C") > (@seen, @seen_id))
            ORDER BY {order}
            LIMIT @most
            """;
    }

    private static NpgsqlParameter Date(string name, DateOnly? date) =>
        new(name, NpgsqlDbType.Date) { Value = (object?)date ?? DBNull.Value };

    private static (DateOnly Start, string Id)? Place(string? after)
    {
        if (Paging.Decode(after) is not { } text)
            return null;
        return
            text is [_, _, _, _, '-', _, _, '-', _, _, '|', ..]
            && PlainText.IsPlain(text)
            && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, default, out var start)
            ? (start, text[11..])
            : throw Paging.Unknown();
    }
}
