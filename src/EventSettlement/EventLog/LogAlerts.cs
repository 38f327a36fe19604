using EventSettlement.Alerts;

namespace EventSettlement.EventLog;

/// <summary>When what the messaging core raised is over.</summary>
internal static class LogAlerts
{
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
        AlertHealing.WhenQuiet("clock_jumped"),
        AlertHealing.WhenQuiet("topic_refused"),
        AlertHealing.WhenQuiet("group_not_reading"),
        new(
            "message_refused",
            """
            NOT EXISTS (SELECT FROM parked_message p WHERE p.group_id = 'outbox' AND p.status = 'PARKED'
                AND cause = 'message_refused ' || p.topic)
            """
        ),
        AlertHealing.WhenQuiet("messaging_part_failed"),
    ];
}
