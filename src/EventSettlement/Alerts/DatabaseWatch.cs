using EventSettlement.Platform;

namespace EventSettlement.Alerts;

/// <summary>
/// Tells, once the database takes changes again, that it took none for long: while it lasts the log says so, and the
/// server is not ready.
/// </summary>
internal sealed partial class DatabaseWatch(
    Database database,
    AlertInbox inbox,
    ILogger<DatabaseWatch> log,
    TimeProvider? clock = null
) : BackgroundService
{
    public const string Code = "database_unavailable";

    /// <summary>Written once it takes changes, so what it tells of is over by then; it stays to be seen.</summary>
    public static readonly AlertHealing Healing = AlertHealing.WhenQuiet(Code);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private long? _since;
    private bool _told;

    public async Task Step(CancellationToken cancel)
    {
        if (await FindTrouble(cancel) is not { } reason)
        {
            (_since, _told) = (null, false);
            return;
        }

        _since ??= _clock.GetTimestamp();
        if (_told || _clock.GetElapsedTime(_since.Value) < Patience)
            return;
        _told = true;
        Unavailable(Patience.TotalSeconds, reason);
        inbox.Raise(
            Code,
            "database",
            $"PostgreSQL took no changes for more than {Patience.TotalSeconds:F0} s: {reason}.",
            "See settle doctor; nothing is lost, work goes on by itself."
        );
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Step, Failed, stoppingToken);
    }

    private async Task<string?> FindTrouble(CancellationToken cancel)
    {
        try
        {
            return await database.MayWrite(cancel) ? null : "it is read-only";
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return error.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL has taken no changes for {Seconds} s: {Reason}")]
    private partial void Unavailable(double seconds, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);
}
