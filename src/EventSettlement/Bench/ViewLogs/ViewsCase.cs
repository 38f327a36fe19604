using System.Diagnostics;
using System.Globalization;

namespace EventSettlement.Bench.ViewLogs;

/// <summary>One condition, measured in rounds, each over an emptied database and by new consumer groups.</summary>
/// <param name="Topics">Filled, one a day.</param>
internal sealed record ViewsCase(
    string Broker,
    IReadOnlyList<string> Topics,
    BenchLogs Logs,
    int Partitions,
    int Workers,
    bool KeepRaw
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Forget = """
        TRUNCATE consumer_offset, view_content_day, view_ad_day, view_hour, view_intake, view_seen, view_raw,
            parked_message;
        UPDATE view_bucket SET version = 0;
        """;

    private const string Counted = """
        SELECT coalesce(sum(counted + duplicates + incomplete), 0)::bigint FROM view_intake
        """;

    private const string Taken = "SELECT count(*) FROM consumer_offset WHERE group_id = '{0}'";

    /// <summary>
    /// Partitions that changed hands while a day was read; 0 where every worker had its own from the start.
    /// </summary>
    private const string Retaken = """
        SELECT coalesce(sum(epoch - 1), 0)::bigint FROM consumer_offset WHERE group_id = '{0}'
        """;

    private readonly List<double> _rates = [];
    private readonly List<double> _warmRates = [];
    private readonly List<double> _processor = [];
    private readonly List<double> _firstDays = [];
    private readonly List<double> _lastDays = [];
    private double _cold;
    private long _retaken;

    /// <summary>Logs a second, the median of the rounds.</summary>
    public double Rate => BenchReport.Percentile(_rates, 0.5);

    public async Task Measure(BenchDatabase place, int rounds, CancellationToken cancel)
    {
        await using var workers = await IntakeWorkers.Start(Workers, cancel);

        // The first round warms up code, plans and pools, and is told by itself.
        for (var round = 0; round <= rounds; round++)
        {
            await place.Execute(Forget, cancel);
            await place.Execute("VACUUM ANALYZE", cancel);
            var days = new List<Day>();
            for (var day = 0; day < Topics.Count; day++)
                days.Add(await MeasureDay(day, workers, place, cancel));
            var logs = days.Sum(day => day.Logs);
            if (round == 0)
            {
                _cold = logs / days.Sum(day => day.Seconds);
                continue;
            }

            _rates.Add(logs / days.Sum(day => day.Seconds));
            _processor.Add(days.Sum(day => day.Processor.TotalMicroseconds) / logs);
            if (days.All(day => day.Warm > 0))
                _warmRates.Add(days.Average(day => day.Warm));
            _firstDays.Add(days[0].Rate);
            _lastDays.Add(days[^1].Rate);
        }

        await Report(workers, place, cancel);
    }

    private async Task Report(IntakeWorkers workers, BenchDatabase place, CancellationToken cancel)
    {
        var conditions = new Dictionary<string, object>
        {
            ["partitions"] = Partitions,
            ["workers"] = Workers,
            ["views"] = Logs.Views,
            ["days"] = Logs.Days,
            ["raw_kept"] = KeepRaw,
            ["worker_peak_mb"] = workers.PeakMegabytes,
            ["retaken"] = _retaken,
            ["seen_bytes_a_view"] = await BytesAView(place, "'view_seen'", cancel),
            ["sums_bytes_a_view"] = await BytesAView(place, "'view_content_day', 'view_ad_day'", cancel),
            ["raw_bytes_a_view"] = await BytesAView(place, "'view_raw'", cancel),
        };
        var measures = new List<BenchReport.Measure>
        {
            new("logs", "logs/s", _rates),
            new("cold logs", "logs/s", [_cold]),
            new("cpu of the workers", "us a log", _processor),
        };
        if (_warmRates.Count > 0)
            measures.Add(new("behind the first batch", "logs/s", _warmRates));
        if (Logs.Days > 1)
        {
            measures.Add(new("first day", "logs/s", _firstDays));
            measures.Add(new("last day", "logs/s", _lastDays));
            measures.Add(
                new("last of first", "%", [.. _lastDays.Zip(_firstDays, (last, first) => 100 * last / first)])
            );
        }

        BenchReport.Print("views", conditions, measures);
    }

    /// <summary>From the first partition that a worker takes to the commit of the last log.</summary>
    private async Task<Day> MeasureDay(int day, IntakeWorkers workers, BenchDatabase place, CancellationToken cancel)
    {
        var (before, all) = ((long)day * Logs.Views, (day + 1L) * Logs.Views);
        var work = new IntakeWork(
            Broker,
            Topics[day],
            string.Create(CultureInfo.InvariantCulture, $"settle-bench-{Guid.CreateVersion7():N}"),
            place.ConnectionString,
            KeepRaw,
            Anew: day == 0
        );
        await workers.Begin(work, cancel);
        await Until(async () => await Read(place, Of(Taken, work), cancel) > 0, workers, "taken", cancel);
        var (begun, spent) = (Stopwatch.GetTimestamp(), workers.Processor);
        var (first, firstAt, last) = (0L, 0L, before);
        while (last < all)
        {
            var seen = last;
            await Until(async () => (last = await Read(place, Counted, cancel)) > seen, workers, "counted", cancel);
            if (first == 0)
                (first, firstAt) = (last, Stopwatch.GetTimestamp());
        }

        var measured = new Day(
            Logs.Views,
            Stopwatch.GetElapsedTime(begun).TotalSeconds,
            first == all ? 0 : (all - first) / Stopwatch.GetElapsedTime(firstAt).TotalSeconds,
            workers.Processor - spent
        );
        _retaken += await Read(place, Of(Retaken, work), cancel);
        await workers.End(cancel);
        return measured;

        static string Of(string sql, IntakeWork work) => string.Format(CultureInfo.InvariantCulture, sql, work.Group);
    }

    private static async Task Until(
        Func<Task<bool>> condition,
        IntakeWorkers workers,
        string what,
        CancellationToken cancel
    )
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            workers.MustRun();
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException(
                    $"nothing was {what} for {Patience.TotalMinutes} minutes; the workers' log stands above"
                );
            await Task.Delay(10, cancel);
        }
    }

    private async Task<double> BytesAView(BenchDatabase place, string tables, CancellationToken cancel)
    {
        var bytes = await Read(
            place,
            $"SELECT sum(pg_total_relation_size(name::regclass))::bigint FROM unnest(ARRAY[{tables}]) AS t (name)",
            cancel
        );
        return Math.Round((double)bytes / Logs.Total, 1);
    }

    private static async Task<long> Read(BenchDatabase place, string sql, CancellationToken cancel)
    {
        await using var command = place.Database.Reads.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }

    /// <param name="Warm">Logs a second behind the first batch; 0 where all were one batch.</param>
    private sealed record Day(long Logs, double Seconds, double Warm, TimeSpan Processor)
    {
        public double Rate => Logs / Seconds;
    }
}
