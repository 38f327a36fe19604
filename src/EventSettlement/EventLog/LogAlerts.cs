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
        new("clock_jumped", QuietFor10Minutes),
        new("messaging_part_failed", QuietFor10Minutes),
    ];
}
