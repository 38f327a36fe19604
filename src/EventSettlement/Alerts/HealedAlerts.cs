using System.Diagnostics.Metrics;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Alerts;

/// <summary>
/// Closes alerts whose cause is gone, however it went: a list of what needs a person must not hold what does not. What
/// comes back opens its alert again. Those that stay open are counted for the metrics.
/// </summary>
public sealed partial class HealedAlerts(
    Database database,
    IEnumerable<AlertHealing> healings,
    ILogger<HealedAlerts> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // One branch a code: a condition reads the words of its own alerts' causes and no others.
    private readonly string _closeHealed = $"""
        UPDATE alert SET state = 'CLOSED', last_at = clock()
        WHERE state = 'OPEN' AND CASE code
            {string.Join('\n', healings.Select(h => $"WHEN '{h.Code}' THEN {h.Condition}"))}
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
        batch.BatchCommands.Add(new NpgsqlBatchCommand(_closeHealed));
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
