using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Runs;

/// <summary>Ends a run when all that it planned has come to an end.</summary>
public sealed partial class RunWatch(Database database, ILogger<RunWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // One statement sees one moment: lanes are only ever changed with the settlements they count.
    private const string FinishSql = """
        UPDATE run SET state = 'FINISHED', finished_at = clock()
        WHERE state = 'PAYING' AND planned
          AND (SELECT coalesce(sum(settlements) FILTER (WHERE lane = 'planner' AND state = 'PLANNED'), 0)
                    = coalesce(sum(settlements) FILTER (WHERE lane <> 'planner'
                                                          AND state IN ('COMPLETED', 'FAILED', 'CANCELLED')), 0)
               FROM run_progress WHERE run_progress.run_id = run.run_id)
        """;

    /// <returns>Runs that were finished.</returns>
    public async Task<int> Step(CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(FinishSql);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Step, Failed, stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Runs could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);
}
