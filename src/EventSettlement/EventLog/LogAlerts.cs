using EventSettlement.Alerts;

namespace EventSettlement.EventLog;

/// <summary>When what the messaging core raised is over.</summary>
internal static class LogAlerts
{
    // What tells of itself each time it happens is over when it has not happened for ten minutes.
    private const string QuietFor10Minutes = "last_at < clock() - interval '10 minutes'";

    public static readonly AlertHealing[] Healings =
    [
        new(
            "partition_stopped",
            """
            NOT EXISTS (SELECT FROM consumer_offset o WHERE o.stopped IS NOT NULL
                AND cause = 'partition_stopped ' || o.group_id || ' ' || o.topic || '/' || o.partition)
            """
        ),
        new(
            OutboxWatch.Code,
            $"""
            NOT EXISTS (SELECT FROM outbox o WHERE o.added_at < clock() - interval '{OutboxWatch.LongWait}'
                AND cause = '{OutboxWatch.Code} ' || o.topic)
            """
        ),
        new("clock_jumped", QuietFor10Minutes),
        new("topic_refused", QuietFor10Minutes),
        new("group_not_reading", QuietFor10Minutes),
        new(
            "message_refused",
            """
            NOT EXISTS (SELECT FROM parked_message p WHERE p.group_id = 'outbox' AND p.status = 'PARKED'
                AND cause = 'message_refused ' || p.topic)
            """
        ),
        new("messaging_part_failed", QuietFor10Minutes),
    ];
}
