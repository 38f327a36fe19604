using System.Diagnostics;
using EventSettlement.Views;
using EventSettlement.Views.Intake;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Bench.ViewLogs;

/// <summary>
/// The limit beside the intake: one GROUP BY over a table in which the same logs lie already, and for comparison with
/// the COPY that loads it. It counts a view as often as it was sent, knows no position and survives no crash.
/// </summary>
internal static class GroupByLimit
{
    private const int LogsAtOnce = 50_000;

    private const string Table = """
        CREATE UNLOGGED TABLE bench_view (
            content_id text COLLATE "C" NOT NULL,
            day date NOT NULL,
            ad_id text COLLATE "C",
            watched_seconds integer NOT NULL
        )
        """;

    private const string Load = """
        COPY bench_view (content_id, day, ad_id, watched_seconds) FROM STDIN (FORMAT binary)
        """;

    private const string GroupBy = """
        SELECT content_id, day, count(*), sum(watched_seconds), count(ad_id) FROM bench_view GROUP BY content_id, day
        """;

    /// <returns>Logs a second: of the GROUP BY alone and with the load, for each round.</returns>
    public static async Task<(List<double> Alone, List<double> Loaded)> Measure(
        BenchLogs logs,
        BenchDatabase place,
        int rounds,
        CancellationToken cancel
    )
    {
        await place.Execute(Table, cancel);
        var loading = TimeSpan.Zero;
        for (var day = 0; day < logs.Days; day++)
            loading += await Copy(logs, day, place, cancel);
        await place.Execute("VACUUM ANALYZE bench_view", cancel);
        var (alone, loaded) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            await Read(place, cancel);
            var grouping = Stopwatch.GetElapsedTime(begun);
            alone.Add(logs.Total / grouping.TotalSeconds);
            loaded.Add(logs.Total / (loading + grouping).TotalSeconds);
        }

        await place.Execute("DROP TABLE bench_view", cancel);
        return (alone, loaded);
    }

    private static async Task Read(BenchDatabase place, CancellationToken cancel)
    {
        await using var command = place.Database.Reads.CreateCommand(GroupBy);
        command.CommandTimeout = 0;
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel)) { }
    }

    /// <returns>Time of the COPY, without making and reading the logs.</returns>
    private static async Task<TimeSpan> Copy(BenchLogs logs, int day, BenchDatabase place, CancellationToken cancel)
    {
        var now = logs.Today.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        await using var connection = await place.Database.Reads.OpenConnectionAsync(cancel);
        await using var rows = await connection.BeginBinaryImportAsync(Load, cancel);
        rows.Timeout = TimeSpan.FromMinutes(30);
        var taken = TimeSpan.Zero;
        foreach (var bodies in logs.Make(day).Select(log => log.Body).Chunk(LogsAtOnce))
        {
            var facts = Array.ConvertAll(bodies, body => FactOf(body, now));
            var begun = Stopwatch.GetTimestamp();
            foreach (var fact in facts)
                Write(rows, fact);
            taken += Stopwatch.GetElapsedTime(begun);
        }

        var last = Stopwatch.GetTimestamp();
        await rows.CompleteAsync(cancel);
        return taken + Stopwatch.GetElapsedTime(last);
    }

    // A row is written into the connection's buffer; waiting for each of them would cost more than the row.
    private static void Write(NpgsqlBinaryImporter rows, ViewFact fact)
    {
        rows.StartRow();
        rows.Write(fact.ContentId, NpgsqlDbType.Text);
        rows.Write(ViewDays.ToDate(ViewDays.Of(ViewDays.At(fact.ViewedAt))), NpgsqlDbType.Date);
        if (fact.AdId is { } ad)
            rows.Write(ad, NpgsqlDbType.Text);
        else
            rows.WriteNull();
        rows.Write(fact.WatchedSeconds, NpgsqlDbType.Integer);
    }

    private static ViewFact FactOf(byte[] body, DateTime now)
    {
        var problems = ViewFactDecoder.Decode(body, now, out var fact);
        return fact ?? throw new InvalidOperationException($"a log of the bench is refused: {problems[0]}");
    }
}
