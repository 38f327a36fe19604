using EventSettlement.Alerts;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Signals;

/// <summary>
/// Looks at the day that is over, once it is, and at the running hour of the whole; tells of what it finds at most once
/// a day. It changes nothing but its own row, and that alert.
/// </summary>
internal sealed partial class SignalWatch(Database database, AnomalyReads anomalies, ILogger<SignalWatch> log)
    : BackgroundService
{
    public const string Code = "views_anomaly";

    /// <summary>What stays unusual does not stay an alert: the list has it.</summary>
    public static readonly AlertHealing Healing = new(Code, "last_at < clock() - interval '3 days'");

    private const int MostTold = 3;

    /// <summary>Views that arrive later than so long after they were watched are late ones.</summary>
    private static readonly TimeSpan AfterMidnight = TimeSpan.FromHours(1);

    private const string Look = "SELECT day, told_on, clock() FROM view_signal_look";
    private const string Hold = "SELECT day, told_on FROM view_signal_look FOR UPDATE SKIP LOCKED";
    private const string Note = "UPDATE view_signal_look SET day = $1, told_on = $2";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>In minutes: an hour is judged four times at the most, when its quarters are over.</summary>
    private const int Quarter = 15;

    private DateTime _hourLooked;

    /// <returns>Whether it told of something.</returns>
    public async Task<bool> Step(CancellationToken cancel)
    {
        var (day, toldOn, now) = await Read(cancel);
        var today = Seoul.DateOf(now);
        if (day < today.AddDays(-1) && now >= Seoul.Begin(today) + AfterMidnight)
            return await Judge(today, isDay: true, now, cancel);
        var quarter = new DateTime(now.Ticks - (now.Ticks % TimeSpan.FromMinutes(Quarter).Ticks), DateTimeKind.Utc);
        if (toldOn >= today || quarter.Minute < Quarter || quarter == _hourLooked)
            return false;
        _hourLooked = quarter;
        return await Judge(today, isDay: false, now, cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Step, Failed, stoppingToken);
    }

    /// <summary>Under the lock of the one row, so that of several servers one looks and one tells.</summary>
    private async Task<bool> Judge(DateOnly today, bool isDay, DateTime now, CancellationToken cancel)
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        DateOnly day;
        DateOnly? toldOn;
        await using (var hold = new NpgsqlCommand(Hold, connection, transaction))
        await using (var row = await hold.ExecuteReaderAsync(cancel))
        {
            if (!await row.ReadAsync(cancel))
                return false;
            day = row.GetFieldValue<DateOnly>(0);
            toldOn = row.IsDBNull(1) ? null : row.GetFieldValue<DateOnly>(1);
        }

        var yesterday = today.AddDays(-1);
        if (isDay ? day >= yesterday : toldOn >= today)
            return false;
        var found = isDay
            ? await anomalies.Find(new AnomalyFilter(null, null, yesterday, yesterday), cancel)
            : await anomalies.FindHour(now, cancel);
        // What goes on from the day before was told of then.
        var worst = found.Rows.Where(f => f.Row.Since == f.Row.Start).OrderByDescending(f => f.Distance).ToList();
        var tells = worst.Count > 0 && !(toldOn >= today);
        if (!isDay && !tells)
            return false;
        await using var batch = new NpgsqlBatch(connection, transaction);
        var note = new NpgsqlBatchCommand(Note);
        note.Parameters.Add(new() { Value = isDay ? yesterday : day, NpgsqlDbType = NpgsqlDbType.Date });
        note.Parameters.Add(
            new() { Value = tells ? today : (object?)toldOn ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date }
        );
        batch.BatchCommands.Add(note);
        if (tells)
            batch.BatchCommands.Add(AlertRows.Upsert([Tell(worst, isDay ? yesterday : today)]));
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return tells;
    }

    private static Alert Tell(List<(AnomalyRow Row, double Distance)> worst, DateOnly day)
    {
        var more = worst.Count - MostTold;
        var told = string.Join(' ', worst.Take(MostTold).Select(f => f.Row.Sentence));
        return new Alert(
            Code + " views",
            Code,
            more <= 0 ? told : FormattableString.Invariant($"{told} And {more:N0} more."),
            FormattableString.Invariant(
                $"settle views anomalies --from {day:yyyy-MM-dd} --to {day:yyyy-MM-dd} shows all."
            )
        );
    }

    private async Task<(DateOnly Day, DateOnly? ToldOn, DateTime Now)> Read(CancellationToken cancel)
    {
        await using var look = database.Reads.CreateCommand(Look);
        await using var row = await look.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (
            row.GetFieldValue<DateOnly>(0),
            row.IsDBNull(1) ? null : row.GetFieldValue<DateOnly>(1),
            row.GetDateTime(2)
        );
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signals of views could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);
}
