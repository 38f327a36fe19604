using EventSettlement.Contracts;
using EventSettlement.Messaging;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Runs;

/// <summary>
/// Makes the scheduled run when it is due, also one that was missed while nobody was there. Any number of schedulers
/// make one: the run's row is unique. While an earlier run is unfinished the new one waits for it.
/// </summary>
public sealed partial class RunSchedule(
    Database database,
    RunCalendar calendar,
    RunSignal signal,
    ILogger<RunSchedule> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const string SinceSql = """
        WITH begun AS (INSERT INTO run_schedule (programme, since) VALUES (@programme, clock())
                       ON CONFLICT (programme) DO NOTHING RETURNING since)
        SELECT since, clock() FROM begun
        UNION ALL SELECT since, clock() FROM run_schedule WHERE programme = @programme LIMIT 1
        """;

    // Asked every second while an earlier run is unfinished, so what is not inserted must not use up a run id.
    private const string InsertSql = """
        INSERT INTO run (programme, business_date, kind, seq, state, actor, created_at)
        SELECT @programme, @date, 'scheduled', 0, 'PLANNING', 'schedule', clock()
        WHERE NOT EXISTS (SELECT FROM run WHERE programme = @programme
            AND (business_date = @date AND seq = 0 OR state IN ('PLANNING', 'PAYING')))
        ON CONFLICT DO NOTHING
        """;

    private readonly HeldUpRun heldUp = new(database);
    private DateOnly made;

    /// <returns>Whether this call made the run.</returns>
    public async Task<bool> Step(CancellationToken cancel)
    {
        var (since, now) = await ReadSince(cancel);
        if (calendar.LastDue(now) is not { } due || due <= since)
            return false;
        var date = RunCalendar.BusinessDate(due);
        if (date == made)
            return false;
        await using var insert = database.Hot.CreateCommand(InsertSql);
        insert.Parameters.AddWithValue("programme", Programmes.StudyRefund);
        insert.Parameters.AddWithValue("date", date);
        var inserted = await insert.ExecuteNonQueryAsync(cancel) == 1;
        if (inserted)
        {
            CrashPoint.Hit("K19");
            signal.Raise();
        }

        if (inserted || await Exists(date, cancel))
        {
            made = date;
            await heldUp.End(Programmes.StudyRefund, cancel);
        }
        else
            await heldUp.Tell(Programmes.StudyRefund, date, cancel);

        return inserted;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        do await ServerLoop.Try(Step, Failed, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<(DateTime Since, DateTime Now)> ReadSince(CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(SinceSql);
        command.Parameters.AddWithValue("programme", Programmes.StudyRefund);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        // Two first schedulers at once: the one that lost sees neither row this time.
        return await reader.ReadAsync(cancel)
            ? (reader.GetDateTime(0), reader.GetDateTime(1))
            : (DateTime.MaxValue, DateTime.MinValue);
    }

    // Not inserted means made by another scheduler, or an earlier run is unfinished: only the first is an end.
    private async Task<bool> Exists(DateOnly date, CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(
            "SELECT EXISTS (SELECT FROM run WHERE programme = @programme AND business_date = @date AND seq = 0)"
        );
        command.Parameters.AddWithValue("programme", Programmes.StudyRefund);
        command.Parameters.AddWithValue("date", date);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);
}
