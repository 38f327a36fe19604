using EventSettlement.Messaging.Batches;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Api;

/// <param name="Lag">Messages that the groups have not read yet; null = the log does not answer.</param>
/// <param name="OldestProcessingAt">UTC; when the settlement that is longest at work last moved.</param>
/// <param name="OverdueTimers">Timers that should have fired 5 s ago or earlier.</param>
public sealed record HealthDetails(
    long? Lag, long OutboxWaiting, DateTimeOffset? OldestProcessingAt, long OverdueTimers, long Parked, long OpenAlerts,
    long StoppedDownstreams, long StoppedPartitions);

/// <summary>What tells whether work goes on.</summary>
public sealed partial class HealthReads(Database database, OffsetStore offsets, ILogger<HealthReads> log)
{
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    public async Task<bool> IsReady(CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(Bound);
        try
        {
            await using var command = database.Reads.CreateCommand("SELECT clock()");
            await command.ExecuteScalarAsync(bounded.Token);
            return true;
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException)
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
                (SELECT count(*) FROM consumer_offset WHERE stopped IS NOT NULL) AS stopped_partitions
            """;
        var details = (await database.Query<HealthDetails>(readDetails, cancel)).Single();
        return details with { Lag = await Lag(cancel) };
    }

    /// <summary>Asked of the log itself, since only it knows its ends, whichever it is.</summary>
    private async Task<long?> Lag(CancellationToken cancel)
    {
        const string readGroups = "SELECT DISTINCT group_id FROM consumer_offset LIMIT 100";
        var groups = new List<string>();
        await using (var command = database.Reads.CreateCommand(readGroups))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                groups.Add(reader.GetString(0));
        try
        {
            var lags = await Task.WhenAll(groups.Select(g => offsets.ReadLag(g, cancel)))
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
