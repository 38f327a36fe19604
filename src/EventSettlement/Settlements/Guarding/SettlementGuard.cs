using System.Diagnostics.Metrics;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
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
    private const int MostAtOnce = 1_000;
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
    private readonly (string Downstream, LogMark Mark)[] _payouts;
    private readonly bool _serving;

    public SettlementGuard(
        Database database,
        IOutgoingWriter outgoing,
        IEventLog log,
        Topology topology,
        MessagingOptions messaging,
        Settings settings,
        GuardBounds bounds,
        ILogger<SettlementGuard> logger
    )
    {
        (_database, _outgoing, _bounds, _log) = (database, outgoing, bounds, logger);
        _stuck = new StuckSettlements(database, topology);
        _settlements = new LogMark(Topics.Settlements, messaging.Partitions, log, outgoing, database);
        _payouts =
        [
            .. ProgrammeSettings
                .Downstreams(settings)
                .Select(name =>
                    (name, new LogMark(Topics.Payouts(name), messaging.Partitions, log, outgoing, database))
                ),
        ];
        _serving = messaging.Groups?.Contains(SettlementsSlice.Group) ?? true;
    }

    /// <returns>Messages sent again.</returns>
    public async Task<int> SendStuck(CancellationToken cancel)
    {
        var sent = 0;
        if (await _settlements.ReadPassed(cancel) is { } passed)
        {
            sent += await Send("request", await _stuck.Unstarted(passed - _bounds.Request, MostAtOnce, cancel), cancel);
            sent += await Send(
                "timer",
                await _stuck.Overdue(passed - _bounds.Timer, MostAtOnce - sent, cancel),
                cancel
            );
            _settlements.Forget();

            // An answer is on the topic of settlements, so both ways must be empty before a part counts as unanswered.
            foreach (var (downstream, mark) in _payouts)
            {
                if (await mark.ReadPassed(cancel) is not { } asked)
                    continue;
                var before = (asked < passed ? asked : passed) - _bounds.Answer;
                sent += await Send(
                    "part",
                    await _stuck.Unanswered(before, MostAtOnce - sent, downstream, cancel),
                    cancel
                );
                mark.Forget();
            }
        }

        return sent;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_serving)
            return;
        foreach (var kind in (string[])["request", "timer", "part"])
            Resent.Add(0, new KeyValuePair<string, object?>("kind", kind));
        using var timer = new PeriodicTimer(_bounds.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(SendStuck, Failed, stoppingToken);
    }

    private async Task<int> Send(string kind, List<OutgoingMessage> messages, CancellationToken cancel)
    {
        if (messages.Count == 0)
            return 0;
        await using var connection = await _database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await _outgoing.Write(connection, transaction, messages, cancel);
        await transaction.CommitAsync(cancel);
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
