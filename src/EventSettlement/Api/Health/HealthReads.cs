using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Api;

/// <param name="OldestProcessingAt">UTC; when the settlement that is longest at work last moved.</param>
/// <param name="OverdueTimers">Timers that should have fired 5 s ago or earlier.</param>
public sealed record HealthDetails(
    long Lag, long OutboxWaiting, DateTimeOffset? OldestProcessingAt, long OverdueTimers, long Parked, long OpenAlerts,
    long StoppedDownstreams, long StoppedPartitions);

/// <summary>What tells whether work goes on.</summary>
public sealed class HealthReads(Database database)
{
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
            SELECT (SELECT coalesce(sum(h.next_offset - o.next_offset), 0)::bigint FROM consumer_offset o
                    JOIN log_topic t USING (topic) JOIN log_head h USING (topic_id, partition)) AS lag,
                (SELECT count(*) FROM outbox) AS outbox_waiting,
                (SELECT min(updated_at) FROM settlement WHERE state = 'PROCESSING') AS oldest_processing_at,
                (SELECT count(*) FROM scheduled_message
                 WHERE due_at < clock() - interval '5 seconds') AS overdue_timers,
                (SELECT count(*) FROM parked_message WHERE status = 'PARKED') AS parked,
                (SELECT count(*) FROM alert WHERE state = 'OPEN') AS open_alerts,
                (SELECT count(*) FROM downstream WHERE state = 'STOPPED') AS stopped_downstreams,
                (SELECT count(*) FROM consumer_offset WHERE stopped IS NOT NULL) AS stopped_partitions
            """;
        return (await database.Query<HealthDetails>(readDetails, cancel)).Single();
    }
}
