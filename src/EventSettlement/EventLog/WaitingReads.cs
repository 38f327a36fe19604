using EventSettlement.Platform;

namespace EventSettlement.EventLog;

/// <summary>What waits in the messaging core; all of it is nought on a quiet day.</summary>
/// <param name="Outbox">Messages that the relay has not sent yet.</param>
/// <param name="OverdueTimers">Timers that should have fired 5 s ago or earlier.</param>
public sealed record WaitingMessages(long Parked, long Outbox, long OverdueTimers);

public sealed class WaitingReads(Database database)
{
    private const string CountWaiting = """
        SELECT (SELECT count(*) FROM parked_message WHERE status = 'PARKED') AS parked,
            (SELECT count(*) FROM outbox) AS outbox,
            (SELECT count(*) FROM scheduled_message WHERE due_at < clock() - interval '5 seconds') AS overdue_timers
        """;

    public async Task<WaitingMessages> Count(CancellationToken cancel) =>
        (await database.QueryOne<WaitingMessages>(CountWaiting, null, cancel))!;
}
