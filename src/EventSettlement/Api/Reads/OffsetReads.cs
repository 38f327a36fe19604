using System.Globalization;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Api;

/// <summary>How far a group has read a partition.</summary>
/// <param name="Stopped">Why it does not read on; null = it reads.</param>
public sealed record OffsetRow(string Group, string Topic, int Partition, long NextOffset, string? Stopped);

/// <summary>Partitions by group, topic and number.</summary>
public sealed class OffsetReads(Database database)
{
    private const string ListOffsets = """
        SELECT group_id AS "group", topic, partition, next_offset, stopped FROM consumer_offset
        WHERE (group_id, topic, partition) > ($1, $2, $3) AND ($4 IS NULL OR (stopped IS NOT NULL) = $4)
        ORDER BY group_id, topic, partition LIMIT $5
        """;

    public async Task<Page<OffsetRow>> List(bool? stopped, int? limit, string? after, CancellationToken cancel)
    {
        var most = Paging.Limit(limit);
        var place = Paging.Decode(after)?.Split('|') ?? ["", "", "-1"];
        if (place.Length != 3 || !int.TryParse(place[2], CultureInfo.InvariantCulture, out var partition))
            throw Paging.Unknown();
        var rows = await database.Query<OffsetRow>(
            ListOffsets,
            cancel,
            place[0],
            place[1],
            partition,
            new NpgsqlParameter { Value = (object?)stopped ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean },
            most + 1
        );
        return Paging.Cut(
            rows,
            most,
            r => string.Create(CultureInfo.InvariantCulture, $"{r.Group}|{r.Topic}|{r.Partition}")
        );
    }
}
