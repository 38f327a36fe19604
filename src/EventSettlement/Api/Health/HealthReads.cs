using EventSettlement.Contracts;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Api.Health;

/// <param name="Lag">Messages that the groups have not read yet; null = the log does not answer.</param>
/// <param name="OutboxOldestAt">UTC; since when the longest waiting message waits for the relay; null = none.</param>
/// <param name="OldestProcessingAt">UTC; when the settlement that is longest at work last moved.</param>
/// <param name="OverdueTimers">Timers that should have fired 5 s ago or earlier.</param>
public sealed record HealthDetails(
    long? Lag,
    long OutboxWaiting,
    DateTimeOffset? OldestProcessingAt,
    long OverdueTimers,
    long Parked,
    long OpenAlerts,
    long StoppedDownstreams,
    long StoppedPartitions,
    DateTimeOffset? OutboxOldestAt
);

/// <summary>What tells whether work goes on.</summary>
public sealed partial class HealthReads(
    Database database,
    OffsetStore offsets,
    IEventLog events,
    GroupTroubles troubles,
    IEnumerable<ConsumerBinding> readers,
    ILogger<HealthReads> log
)
{
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether a process with these roles can do what comes to it, told within a second. Requests need the database
    /// alone; a process that takes none, but reads or relays messages, needs the event log too.
    /// </summary>
    /// <returns>What is missing, in words; null = ready.</returns>
    public async Task<string?> FindMissing(IReadOnlyCollection<string> roles, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(Bound);
        if (!await Answers(AskDatabase, bounded.Token))
            return "the database does not answer";
        if (!await Answers(NeedWritable, bounded.Token))
            return "the database cannot be written to";
        if (troubles.First is { } trouble)
            return trouble;
        var needsLog = !roles.Contains("api") && roles.Any(r => r is "saga" or "payout" or "intake" or "relay");
        return !needsLog || await Answers(AskLog, bounded.Token) ? null : "the event log does not answer";
    }

    private async Task AskDatabase(CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand("SELECT clock()");
        await command.ExecuteScalarAsync(cancel);
    }

    private async Task NeedWritable(CancellationToken cancel)
    {
        if (!await database.MayWrite(cancel))
            throw new InvalidOperationException("it is read-only");
    }

    private Task AskLog(CancellationToken cancel) =>
        events.ReadBounds(new TopicPartition(Topics.Settlements, 0), cancel);

    private static async Task<bool> Answers(Func<CancellationToken, Task> ask, CancellationToken bounded)
    {
        try
        {
            await Task.Run(() => ask(bounded), bounded).WaitAsync(bounded);
            return true;
        }
#pragma warning disable CA1031 // Each log fails in its own words, and all of them mean that it does not answer.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    public async Task<HealthDetails> Details(CancellationToken cancel)
    {
        const string readDetails = """
            SELECT NULL::bigint AS lag,
                (SELECT count(*) FROM outbox) AS outbox_waiting,
                (SELECT min(updated_at) FROM settlement WHERE state = 'PROCESSING') AS oldest_processing_at,
                (SELECT count(*) FROM scheduled_message
                 WHERE due_at < clock() - interval '5 seconds') AS overdue_timers,
                (SELECT count(*) FROM parked_message WHERE status = 'PARKED') AS parked,
                (SELECT count(*) FROM alert WHERE state = 'OPEN') AS open_alerts,
                (SELECT count(*) FROM downstream WHERE state = 'STOPPED') AS stopped_downstreams,
                (SELECT count(*) FROM consumer_offset WHERE stopped IS NOT NULL) AS stopped_partitions,
                (SELECT min(added_at) FROM outbox) AS outbox_oldest_at
            """;
        var details = (await database.QueryOne<HealthDetails>(readDetails, null, cancel))!;
        return details with { Lag = await Lag(cancel) };
    }

    /// <summary>Asked of the log itself, since only it knows its ends, whichever it is.</summary>
    private async Task<long?> Lag(CancellationToken cancel)
    {
        try
        {
            var lags = await Task.WhenAll(
                    readers
                        .GroupBy(reader => reader.Group)
                        .Select(group => offsets.ReadLag(group.Key, [.. group.Select(r => r.Topic)], cancel))
                )
                .WaitAsync(LogPatience, cancel);
            return lags.Sum();
        }
        catch (Exception unanswered) when (unanswered is not OperationCanceledException)
        {
            // The rest of the details matters most when the log is away.
            NoLag(unanswered);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event log does not tell its ends")]
    private partial void NoLag(Exception unanswered);
}
