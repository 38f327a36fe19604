using System.Diagnostics.Metrics;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Settlements.Guarding;

/// <summary>How long each step may take before its message is sent again.</summary>
public sealed record GuardBounds(TimeSpan Request, TimeSpan Timer, TimeSpan Answer)
{
    /// <summary>How often the guard looks.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    public static readonly GuardBounds Default = new(
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(15)
    );
}

/// <summary>
/// Nothing stays stuck: what should have moved on gets its message again. Messages are idempotent, so one too many is
/// harmless; still none is sent while the one before may be under way. At most 1,000 a minute.
/// </summary>
public sealed partial class SettlementGuard : BackgroundService
{
    private const int MostARound = 1_000;
    private static readonly Meter Meter = new("EventSettlement.Settlements");
    private static readonly Counter<long> Resent = Meter.CreateCounter<long>(
        "settlement.guard.resent",
        "{message}",
        "Messages sent again because nothing had moved"
    );

    private readonly Database _database;
    private readonly IOutgoingWriter _outgoing;
    private readonly GuardBounds _bounds;
    private readonly ILogger<SettlementGuard> _log;
    private readonly StuckSettlements _stuck;
    private readonly LogMark _settlements;
    private readonly LogMark _payouts;
    private readonly bool _serving;

    public SettlementGuard(
        Database database,
        IOutgoingWriter outgoing,
        IEventLog log,
        Topology topology,
        MessagingOptions messaging,
        GuardBounds bounds,
        ILogger<SettlementGuard> logger
    )
    {
        (_database, _outgoing, _bounds, _log) = (database, outgoing, bounds, logger);
        _stuck = new StuckSettlements(database, topology);
        _settlements = new LogMark(Topics.Settlements, messaging.Partitions, log, outgoing, database);
        _payouts = new LogMark(
            Topics.Payouts(SettlementsSlice.Downstream),
            messaging.Partitions,
            log,
            outgoing,
            database
        );
        _serving = messaging.Groups?.Contains(SettlementsSlice.Group) ?? true;
    }

    /// <returns>Messages sent again.</returns>
    public async Task<int> Round(CancellationToken stop)
    {
        var sent = 0;
        if (await _settlements.ReadPassed(stop) is { } passed)
        {
            sent += await Send("request", await _stuck.Unstarted(passed - _bounds.Request, MostARound, stop), stop);
            sent += await Send("timer", await _stuck.Overdue(passed - _bounds.Timer, MostARound - sent, stop), stop);
            _settlements.Forget();

            // An answer is on the topic of settlements, so both ways must be empty before a part counts as unanswered.
            if (await _payouts.ReadPassed(stop) is { } asked)
            {
                var before = (asked < passed ? asked : passed) - _bounds.Answer;
                sent += await Send(
                    "part",
                    await _stuck.Unanswered(before, MostARound - sent, SettlementsSlice.Downstream, stop),
                    stop
                );
                _payouts.Forget();
            }
        }

        return sent;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_serving)
            return;
        using var timer = new PeriodicTimer(_bounds.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Round, Failed, stoppingToken);
    }

    private async Task<int> Send(string kind, List<OutgoingMessage> messages, CancellationToken stop)
    {
        if (messages.Count == 0)
            return 0;
        await using var connection = await _database.Hot.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await _outgoing.Write(connection, transaction, messages, stop);
        await transaction.CommitAsync(stop);
        _outgoing.Wake(messages);
        Resent.Add(messages.Count, new KeyValuePair<string, object?>("kind", kind));
        SentAgain(messages.Count, kind);
        return messages.Count;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} messages of kind {Kind} were sent again: nothing had moved"
    )]
    private partial void SentAgain(int count, string kind);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stuck settlements could not be looked for; it is tried again")]
    private partial void Failed(Exception wrong);
}
