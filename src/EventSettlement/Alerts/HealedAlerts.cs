using System.Diagnostics.Metrics;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Alerts;

/// <summary>
/// Closes alerts whose cause is gone, however it went: a list of what needs a person must not hold what does not. What
/// comes back opens its alert again. Those that stay open are counted for the metrics.
/// </summary>
public sealed partial class HealedAlerts(Database database, ILogger<HealedAlerts> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // What tells of itself each time it happens is over when it has not happened for ten minutes.
    // An alert is written in the transaction of what raised it, so one statement never sees one without the other.
    private const string CloseHealed = """
        UPDATE alert SET state = 'CLOSED', last_at = clock()
        WHERE state = 'OPEN' AND CASE code
            WHEN 'settlement_failed' THEN coalesce((SELECT sum(settlements) FROM run_progress p
                WHERE p.run_id = split_part(cause, ' ', 2)::bigint AND p.state = 'FAILED'), 0) = 0
            WHEN 'amount_mismatch' THEN NOT EXISTS (SELECT FROM settlement_item i
                WHERE i.settlement_id = split_part(cause, ' ', 2)::uuid AND i.needs_person AND i.state = 'IN_DOUBT')
            WHEN 'partition_stopped' THEN NOT EXISTS (SELECT FROM consumer_offset o WHERE o.stopped IS NOT NULL
                AND cause = 'partition_stopped ' || o.group_id || ' ' || o.topic || '/' || o.partition)
            WHEN 'clock_jumped' THEN last_at < clock() - interval '10 minutes'
            WHEN 'messaging_part_failed' THEN last_at < clock() - interval '10 minutes'
            ELSE false END
        """;

    // With those that are closed: a code whose last alert was closed counts as none and does not keep its number.
    private const string CountOpen =
        "SELECT code, count(*) FILTER (WHERE state = 'OPEN') FROM alert GROUP BY code ORDER BY code LIMIT 100";

    private static readonly Meter Meter = new("EventSettlement.Alerts");
    private static readonly Gauge<long> Open = Meter.CreateGauge<long>(
        "settlement.alerts.open",
        "{alert}",
        "Alerts that are open, by code"
    );

    /// <returns>Alerts that were closed.</returns>
    public async Task<int> Step(CancellationToken cancel)
    {
        await using var batch = database.Reads.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(CloseHealed));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(CountOpen));
        await using var row = await batch.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            Open.Record(row.GetInt64(1), new KeyValuePair<string, object?>("code", row.GetString(0)));
        return batch.BatchCommands[0].RecordsAffected;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Step, Failed, stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alerts could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);
}
