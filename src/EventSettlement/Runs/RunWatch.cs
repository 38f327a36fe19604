using EventSettlement.Messaging.Log;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Runs;

/// <summary>Ends a run when all that it planned has come to an end.</summary>
public sealed partial class RunWatch(Database database, RunSignal signal, ILogger<RunWatch> log) : BackgroundService
{
    private static readonly TimeSpan WhileOpen = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Otherwise = TimeSpan.FromSeconds(5);
    private const string OpenSql = "SELECT EXISTS (SELECT FROM run WHERE state IN ('PLANNING', 'PAYING'))";

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
        using var woken = signal.Subscribe();
        while (!stoppingToken.IsCancellationRequested)
        {
            var (next, open) = (woken.Next, false);
            await ServerLoop.Try(
                async cancel =>
                {
                    await using var look = database.Hot.CreateCommand(OpenSql);
                    open = (bool)(await look.ExecuteScalarAsync(cancel))!;
                    if (open)
                        await Step(cancel);
                },
                Failed,
                stoppingToken
            );
            if (open)
                await Task.Delay(WhileOpen, stoppingToken);
            else
                await Wakeup.Subscription.Wait(next, Otherwise, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Runs could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);
}
