using System.Runtime.CompilerServices;
using EventSettlement.Platform;
using EventSettlement.Views.Owners;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Statistics;

/// <summary>Days that are summed up together: from the first to the last, both included.</summary>
public readonly record struct DayStretch(DateOnly First, DateOnly Last);

/// <summary>Views of a content on the days of a stretch on which a creator earned from it.</summary>
/// <param name="Creator">Empty: nobody's.</param>
/// <param name="Stretch">Index into the stretches that were asked for.</param>
public readonly record struct CreatorSum(string Creator, string Content, int Stretch, long Views, long AdViews);

/// <summary>Sums by creator and content, as an account of a creator's month needs them.</summary>
public sealed class CreatorSums(Database database)
{
    private const string FirstDaySql = "SELECT min(day) FROM view_content_day";

    private const string OldestChangeSql = "SELECT min(from_at) FROM content_owner WHERE received_at >= $1";

    /// <summary>Those of one creator after the other, in the order of their ids; nobody's first.</summary>
    /// <param name="stretches">Of days that do not overlap.</param>
    /// <param name="creator">Null = all.</param>
    public async IAsyncEnumerable<IReadOnlyList<CreatorSum>> Read(
        IReadOnlyList<DayStretch> stretches,
        string? creator,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(Sql(creator), connection) { CommandTimeout = 0 };
        command.Parameters.Add(RowArrays.Parameter(stretches, NpgsqlDbType.Date, s => s.First));
        command.Parameters.Add(RowArrays.Parameter(stretches, NpgsqlDbType.Date, s => s.Last));
        command.Parameters.Add(new() { Value = (object?)creator ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var of = new List<CreatorSum>();
        while (await row.ReadAsync(cancel))
        {
            var sum = new CreatorSum(
                row.GetString(0),
                row.GetString(1),
                row.GetInt32(2),
                row.GetInt64(3),
                row.GetInt64(4)
            );
            if (of.Count > 0 && of[0].Creator != sum.Creator)
            {
                yield return of;
                of = [];
            }

            of.Add(sum);
        }

        if (of.Count > 0)
            yield return of;
    }

    /// <returns>The first day with views; null = none was ever counted.</returns>
    public async Task<DateOnly?> ReadFirstDay(CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(FirstDaySql);
        return await command.ExecuteScalarAsync(cancel) is DateOnly day ? day : null;
    }

    /// <returns>The first day whose owners may be others by what was taken in since; null = none.</returns>
    public async Task<DateOnly?> ReadOldestChange(DateTime since, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(OldestChangeSql);
        command.Parameters.Add(new() { Value = since, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await command.ExecuteScalarAsync(cancel) is DateTime at ? Seoul.DateOf(at) : null;
    }

    /// <summary>
    /// Ids are kept in an order by code point, and so they come. Nobody's are the days that no owner is found for.
    /// </summary>
    private static string Sql(string? creator)
    {
        var isOne = !string.IsNullOrEmpty(creator);
        return $"""
            WITH {OwnedDays.Of(isOne ? "$3" : null)},
            stretch AS (SELECT * FROM unnest($1, $2) WITH ORDINALITY AS s (first, last, place))
            SELECT coalesce(o.creator_id, '') AS creator, d.content_id, s.place::integer - 1, sum(d.views)::bigint,
                sum(d.ad_views)::bigint
            FROM view_content_day d
            JOIN stretch s ON d.day BETWEEN s.first AND s.last
            {(isOne ? "" : "LEFT")} JOIN owned o ON {OwnedDays.Join}
            WHERE d.day BETWEEN (SELECT min(first) FROM stretch) AND (SELECT max(last) FROM stretch)
                AND ($3 IS NULL OR coalesce(o.creator_id, '') = $3)
            GROUP BY 1, 2, 3
            ORDER BY 1, 2, 3
            """;
    }
}
