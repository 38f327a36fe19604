using System.Globalization;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.EventLog;

/// <summary>How far a group has read a partition.</summary>
/// <param name="Stopped">Why it does not read on; null = it reads.</param>
public sealed record OffsetRow(string Group, string Topic, int Partition, long NextOffset, string? Stopped);

/// <summary>Partitions by group, topic and number.</summary>
public sealed class OffsetReads(Database database)
{
    private const string ListOffsets = """
        SELECT group_id AS "group", topic, partition, next_offset, stopped FROM consumer_offset
        WHERE (group_id, topic, partition) > (@group, @topic, @partition)
          AND (@stopped IS NULL OR (stopped IS NOT NULL) = @stopped)
        ORDER BY group_id, topic, partition LIMIT @limit
        """;

    public async Task<Page<OffsetRow>> List(bool? stopped, int? limit, string? after, CancellationToken cancel)
    {
        var most = Paging.Limit(limit);
        var place = Paging.Decode(after)?.Split('|') ?? ["", "", "-1"];
        if (place.Length != 3 || !int.TryParse(place[2], CultureInfo.InvariantCulture, out var partition))
            throw Paging.Unknown();
        var rows = await database.Query<OffsetRow>(
            ListOffsets,
            new
            {
                group = place[0],
                topic = place[1],
                partition,
                stopped,
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(
            rows,
            most,
            r => string.Create(CultureInfo.InvariantCulture, $"{r.Group}|{r.Topic}|{r.Partition}")
        );
    }
}
