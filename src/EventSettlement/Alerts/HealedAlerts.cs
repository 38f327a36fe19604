using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Alerts;

/// <summary>
/// Closes alerts whose cause is gone, however it went: a list of what needs a person must not hold what does not. What
/// comes back opens its alert again.
/// </summary>
public sealed partial class HealedAlerts(Database database, ILogger<HealedAlerts> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

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
            ELSE false END
        """;

    /// <returns>Alerts that were closed.</returns>
    public async Task<int> Step(CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(CloseHealed);
        return await command.ExecuteNonQueryAsync(cancel);
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
