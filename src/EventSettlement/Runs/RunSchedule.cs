using EventSettlement.Messaging;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
using EventSettlement.Runs.Planning;
using Npgsql;

namespace EventSettlement.Runs;

/// <summary>
/// Makes each programme's scheduled run when it is due, also one that was missed while nobody was there. Any number of
/// schedulers make one: the run's row is unique. While an earlier run is unfinished the new one waits for it.
/// </summary>
public sealed partial class RunSchedule(
    Database database,
    ProgrammeList programmes,
    Settings settings,
    RunSignal signal,
    ILogger<RunSchedule> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const string SinceSql = """
        WITH begun AS (INSERT INTO run_schedule (programme, since) VALUES (@programme, clock())
                       ON CONFLICT (programme) DO NOTHING RETURNING since)
        SELECT since, clock() FROM begun
        UNION ALL SELECT since, clock() FROM run_schedule WHERE programme = @programme LIMIT 1
        """;

    // Asked again and again while an earlier run is unfinished, so what is not inserted must not use up a run id.
    private const string InsertSql = """
        INSERT INTO run (programme, business_date, kind, seq, state, actor, max_item, max_run, created_at)
        SELECT @programme, @date, 'scheduled', 0, 'PLANNING', 'schedule', @max_item, @max_run, clock()
        WHERE NOT EXISTS (SELECT FROM run WHERE programme = @programme
            AND (business_date = @date AND seq = 0 OR state IN ('PLANNING', 'PAYING')))
        ON CONFLICT DO NOTHING
        """;

    private const string ExistsSql =
        "SELECT EXISTS (SELECT FROM run WHERE programme = @programme AND business_date = @date AND seq = 0)";

    private readonly OneProgramme[] _schedules =
    [
        .. programmes.Names.Select(name => new OneProgramme(
            name,
            new RunCalendar(settings.Get(ProgrammeSettings.Cron, name)),
            new HeldUpRun(database)
        )),
    ];

    /// <returns>Runs that this call made.</returns>
    public async Task<int> Step(CancellationToken cancel)
    {
        var made = 0;
        foreach (var schedule in _schedules)
            made += await Step(schedule, cancel) ? 1 : 0;
        return made;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        do foreach (var schedule in _schedules)
            await ServerLoop.Try(cancel => Step(schedule, cancel), Failed, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<bool> Step(OneProgramme schedule, CancellationToken cancel)
    {
        var (since, now) = await ReadSince(schedule.Name, cancel);
        if (schedule.Calendar.LastDue(now) is not { } due || due <= since)
            return false;
        var date = Seoul.DateOf(due);
        if (date == schedule.Made)
            return false;
        await using var insert = Command(InsertSql, schedule.Name, date);
        insert.Parameters.AddRange(PlanCeilings.From(settings).Parameters());
        var inserted = await insert.ExecuteNonQueryAsync(cancel) == 1;
        if (inserted)
        {
            CrashPoint.Hit(SettlementCrashPoints.RunScheduled);
            signal.Raise();
        }

        if (inserted || await Exists(schedule.Name, date, cancel))
        {
            schedule.Made = date;
            await schedule.HeldUp.End(schedule.Name, cancel);
        }
        else
            await schedule.HeldUp.Tell(schedule.Name, date, cancel);

        return inserted;
    }

    private async Task<(DateTime Since, DateTime Now)> ReadSince(string programme, CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(SinceSql);
        command.Parameters.AddWithValue("programme", programme);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        // Two first schedulers at once: the one that lost sees neither row this time.
        return await reader.ReadAsync(cancel)
            ? (reader.GetDateTime(0), reader.GetDateTime(1))
            : (DateTime.MaxValue, DateTime.MinValue);
    }

    // Not inserted means made by another scheduler, or an earlier run is unfinished: only the first is an end.
    private async Task<bool> Exists(string programme, DateOnly date, CancellationToken cancel)
    {
        await using var command = Command(ExistsSql, programme, date);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private NpgsqlCommand Command(string sql, string programme, DateOnly date)
    {
        var command = database.Hot.CreateCommand(sql);
        command.Parameters.AddWithValue("programme", programme);
        command.Parameters.AddWithValue("date", date);
        return command;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A schedule could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);

    private sealed record OneProgramme(string Name, RunCalendar Calendar, HeldUpRun HeldUp)
    {
        /// <summary>The date of the last run that is known to be made.</summary>
        public DateOnly Made { get; set; }
    }
}
