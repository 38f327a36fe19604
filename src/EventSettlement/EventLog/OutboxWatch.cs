using EventSettlement.Alerts;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.EventLog;

/// <summary>Tells of topics whose messages wait in the outbox for long, whatever the reason is.</summary>
internal sealed partial class OutboxWatch(Database database, ILogger<OutboxWatch> log) : BackgroundService
{
    public const string Code = "outbox_waits";

    /// <summary>PostgreSQL's spelling of how long is long.</summary>
    public const string LongWait = "60 seconds";

    private const string FindWaiting = $"""
        SELECT topic, count(*), min(added_at) FROM outbox WHERE added_at < clock() - interval '{LongWait}'
        GROUP BY topic ORDER BY topic
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public async Task Step(CancellationToken cancel)
    {
        var alerts = new List<Alert>();
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using (var command = new NpgsqlCommand(FindWaiting, connection))
        await using (var row = await command.ExecuteReaderAsync(cancel))
            while (await row.ReadAsync(cancel))
                alerts.Add(Told(row.GetString(0), row.GetInt64(1), row.GetDateTime(2)));
        if (alerts.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(AlertRows.Upsert(alerts));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Step, Failed, stoppingToken);
    }

    private static Alert Told(string topic, long messages, DateTime oldest) =>
        new(
            $"{Code} {topic}",
            Code,
            $"{messages} messages for {topic} wait in the outbox, the oldest since {oldest:yyyy-MM-dd HH:mm:ss}Z.",
            "See whether a server with the role relay runs, and whether Kafka takes this topic: settle alert list."
        );

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);
}
