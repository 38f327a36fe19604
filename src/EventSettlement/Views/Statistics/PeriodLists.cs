using System.Data;
using System.Runtime.CompilerServices;
using EventSettlement.Platform;
using EventSettlement.Views.Owners;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Statistics;

/// <summary>
/// Lists of sums one period after the other, each in the order of its ids and only as far as a page goes: a page costs
/// what its rows add up to, not what the period does. All of it at one moment of the database.
/// </summary>
internal sealed class PeriodLists(Database database)
{
    /// <summary>Creators whose contents are looked up at once.</summary>
    private const int CreatorsAtOnce = 500;

    private const string Starts = """
        SELECT start FROM (
            SELECT DISTINCT date_trunc($1, hour AT TIME ZONE interval '9 hours')::date AS start FROM view_hour
            WHERE ($2 IS NULL OR hour >= $2::timestamp AT TIME ZONE interval '9 hours')
        ) s
        WHERE ($2 IS NULL OR start >= $2) AND ($3 IS NULL OR start <= $3) ORDER BY start
        """;

    private const string Sums =
        "sum(d.views)::bigint AS views, sum(d.watched_seconds)::bigint AS seconds, sum(d.ad_views)::bigint AS ads";

    private const string Contents = $"""
        SELECT content_id, {Sums} FROM view_content_day d
        WHERE day BETWEEN $1 AND $2 AND content_id > $3 GROUP BY content_id ORDER BY content_id LIMIT $4
        """;

    private const string Ads = """
        SELECT ad_id, sum(views)::bigint, sum(watched_seconds)::bigint, sum(views)::bigint FROM view_ad_day
        WHERE day BETWEEN $1 AND $2 AND ad_id > $3 GROUP BY ad_id ORDER BY ad_id LIMIT $4
        """;

    private static readonly string Unowned = $"""
        WITH {OwnedDays.Of()}
        SELECT '', {Sums} FROM view_content_day d LEFT JOIN owned o ON {OwnedDays.Join}
        WHERE d.day BETWEEN $1 AND $2 AND o.creator_id IS NULL HAVING count(*) > 0
        """;

    // A creator without views has a row as well: the next ones are looked for after the last.
    private static readonly string Creators = $"""
        WITH wanted AS MATERIALIZED (
            SELECT DISTINCT creator_id FROM content_owner WHERE creator_id > $3 ORDER BY 1 LIMIT $4),
        {OwnedDays.Of("SELECT creator_id FROM wanted")}
        SELECT w.creator_id, s.views, s.seconds, s.ads FROM wanted w
        LEFT JOIN (
            SELECT o.creator_id, {Sums}
            FROM owned o JOIN view_content_day d ON {OwnedDays.Join}
            WHERE d.day BETWEEN $1 AND $2 AND o.creator_id IN (SELECT creator_id FROM wanted)
            GROUP BY 1) s ON s.creator_id = w.creator_id
        ORDER BY 1
        """;

    /// <param name="filter">Of all ids, and no top.</param>
    /// <param name="most">Null = all.</param>
    public async IAsyncEnumerable<StatisticsRow> Read(
        StatisticsFilter filter,
        (DateOnly Start, string Id)? after,
        int? most,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var left = most ?? int.MaxValue;
        foreach (var start in await ReadStarts(connection, filter, after?.Start, cancel))
        {
            var seen = after is { } place && place.Start == start ? place.Id : null;
            await foreach (var row in ReadPeriod(connection, filter, start, seen, left, cancel))
            {
                yield return row;
                if (--left == 0)
                    yield break;
            }
        }
    }

    private static async Task<List<DateOnly>> ReadStarts(
        NpgsqlConnection connection,
        StatisticsFilter filter,
        DateOnly? after,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(Starts, connection);
        command.Parameters.Add(new() { Value = filter.Period });
        command.Parameters.Add(Date(after > filter.From || filter.From is null ? after : filter.From));
        command.Parameters.Add(Date(filter.To));
        var starts = new List<DateOnly>();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            starts.Add(row.GetFieldValue<DateOnly>(0));
        return starts;
    }

    /// <param name="seen">The id before the first one; null = from the begin.</param>
    private static async IAsyncEnumerable<StatisticsRow> ReadPeriod(
        NpgsqlConnection connection,
        StatisticsFilter filter,
        DateOnly start,
        string? seen,
        int most,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (filter.By != "creator")
        {
            await foreach (var row in Ask(filter.By == "ad" ? Ads : Contents, seen ?? "", most))
                if (row.Sums is { } sums)
                    yield return sums;
            yield break;
        }

        if (seen is null)
            await foreach (var row in Ask(Unowned, null, null))
                if (row.Sums is { } sums)
                    yield return sums;
        for (string? next = seen ?? ""; next is not null; )
        {
            var from = next;
            next = null;
            await foreach (var row in Ask(Creators, from, Math.Min(most, CreatorsAtOnce)))
            {
                next = row.Id;
                if (row.Sums is { } sums)
                    yield return sums;
            }
        }

        async IAsyncEnumerable<(string Id, StatisticsRow? Sums)> Ask(string sql, string? after, int? limit)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
            command.Parameters.Add(Date(start));
            command.Parameters.Add(Date(new StatisticsRange(filter.Period, start, start).LastDay));
            if (after is not null)
                command.Parameters.Add(new() { Value = after });
            if (limit is { } rows)
                command.Parameters.Add(new() { Value = rows });
            await using var row = await command.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                var id = row.GetString(0);
                yield return (
                    id,
                    row.IsDBNull(1)
                        ? null
                        : new StatisticsRow(
                            filter.By,
                            id,
                            filter.Period,
                            start,
                            row.GetInt64(1),
                            row.GetInt64(2),
                            row.GetInt64(3)
                        )
                );
            }
        }
    }

    private static NpgsqlParameter Date(DateOnly? date) =>
        new() { Value = (object?)date ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date };
}
