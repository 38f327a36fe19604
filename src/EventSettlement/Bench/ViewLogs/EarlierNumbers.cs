namespace EventSettlement.Bench.ViewLogs;

/// <summary>
/// What the Stream Settlement System tells of itself (its README, "성능 최적화"): a daily Spring Batch job over MySQL,
/// which this intake takes the place of. It tested 1, 2, 4 and 8 partitions and 2, 4, 8 and 16 threads, and published
/// no number of either.
/// </summary>
internal static class EarlierNumbers
{
    public const string Source =
        "Stream Settlement System (Spring Batch, MySQL): as it tells of itself, at 2 GB and best with 8 threads";

    public static readonly IReadOnlyList<EarlierNumber> All =
    [
        EarlierNumber.Of("row by row", 1_000_000, TimeSpan.FromMinutes(15)),
        EarlierNumber.Of("JDBC batches", 1_000_000, TimeSpan.FromMinutes(5)),
        EarlierNumber.Of("chunks", 1_000_000, TimeSpan.FromMinutes(2)),
        EarlierNumber.Of("a million logs in all", 1_000_000, new TimeSpan(0, 3, 30)),
        new("its average", 5_000),
    ];
}

/// <summary>One of its numbers.</summary>
/// <param name="LogsASecond">As told, or a number of logs by the time that was told for them.</param>
internal sealed record EarlierNumber(string Name, double LogsASecond)
{
    public static EarlierNumber Of(string name, int logs, TimeSpan taken) => new(name, logs / taken.TotalSeconds);
}
