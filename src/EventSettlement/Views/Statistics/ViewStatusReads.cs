using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Parked;
using EventSettlement.Platform;
using EventSettlement.Views.Intake;

namespace EventSettlement.Views.Statistics;

/// <summary>What became of the records of <c>view-logs</c>.</summary>
/// <param name="Received">Counted, incomplete, duplicates and parked together.</param>
/// <param name="Late">Of the counted ones.</param>
/// <param name="Lag">Records in the log that are not judged yet.</param>
/// <param name="RatePerSecond">Records judged in the last minute.</param>
public sealed record ViewStatus(
    long Received,
    long Counted,
    long Incomplete,
    long Duplicates,
    long Late,
    long Parked,
    long Lag,
    long RatePerSecond,
    IReadOnlyList<PartitionStatus> Partitions
);

/// <summary>The same of one partition.</summary>
public sealed record PartitionStatus(
    int Partition,
    long Received,
    long Counted,
    long Incomplete,
    long Duplicates,
    long Late,
    long Parked,
    long Lag,
    long RatePerSecond
);

/// <summary>Counters of the intake, what is parked, and what still lies in the log.</summary>
public sealed class ViewStatusReads(Database database, OffsetStore offsets, ParkedMessages parked)
{
    // Of the minute before as much as the last sixty seconds hold of it.
    private const string ReadCounters = """
        SELECT partition, counted, incomplete, duplicates, late, (CASE c.minute - i.minute
                WHEN 0 THEN in_minute + in_minute_before * (60 - c.second) / 60
                WHEN 1 THEN in_minute * (60 - c.second) / 60
                ELSE 0 END / 60)::float8 AS rate
        FROM view_intake i, (SELECT floor(extract(epoch FROM clock()) / 60) AS minute,
            extract(second FROM clock()) AS second) c
        """;

    public async Task<ViewStatus> Read(CancellationToken cancel)
    {
        var counters = (await database.Query<Counters>(ReadCounters, null, cancel)).ToDictionary(c => c.Partition);
        var kept = await parked.CountByPartition(ViewIntake.Group, ViewsSlice.Topic, cancel);
        var lags = (await offsets.ReadLags(ViewIntake.Group, [ViewsSlice.Topic], cancel)).ToDictionary(
            lag => lag.Key.Partition,
            lag => lag.Value
        );
        var rows = counters
            .Keys.Union(kept.Keys)
            .Union(lags.Keys)
            .Order()
            .Select(partition =>
            {
                var c = counters.GetValueOrDefault(partition) ?? new Counters(partition, 0, 0, 0, 0, 0);
                var aside = kept.GetValueOrDefault(partition);
                return new PartitionStatus(
                    partition,
                    c.Counted + c.Incomplete + c.Duplicates + aside,
                    c.Counted,
                    c.Incomplete,
                    c.Duplicates,
                    c.Late,
                    aside,
                    lags.GetValueOrDefault(partition),
                    (long)Math.Round(c.Rate)
                );
            })
            .ToList();
        return new ViewStatus(
            rows.Sum(r => r.Received),
            rows.Sum(r => r.Counted),
            rows.Sum(r => r.Incomplete),
            rows.Sum(r => r.Duplicates),
            rows.Sum(r => r.Late),
            rows.Sum(r => r.Parked),
            rows.Sum(r => r.Lag),
            rows.Sum(r => r.RatePerSecond),
            rows
        );
    }

    private sealed record Counters(
        int Partition,
        long Counted,
        long Incomplete,
        long Duplicates,
        long Late,
        double Rate
    );
}
