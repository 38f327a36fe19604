namespace EventSettlement.Messaging;

/// <summary>
/// The moments of this project for <see cref="CrashPoint"/>, each hit at one place. Numbers are given once in the whole
/// product; a moment that goes takes its number with it.
/// </summary>
public static class CrashPoints
{
    /// <summary>A batch is polled and nothing is done.</summary>
    public const string BatchPolled = "K01";

    /// <summary>A batch is handled, before the commit.</summary>
    public const string BatchHandled = "K02";

    /// <summary>A batch is committed, before Kafka's offset.</summary>
    public const string BatchCommitted = "K03";

    /// <summary>After Kafka's offset.</summary>
    public const string KafkaOffsetCommitted = "K04";

    /// <summary>A transaction is committed and its outbox unsent.</summary>
    public const string OutboxWritten = "K06";

    /// <summary>Messages of the outbox are sent and not marked.</summary>
    public const string OutboxSent = "K07";

    /// <summary>Messages of the outbox are marked as sent.</summary>
    public const string OutboxMarked = "K08";

    /// <summary>What has become of the sagas is recorded and a timer set, before the commit.</summary>
    public const string TimerSet = "K16";

    /// <summary>Timers are claimed and not fired.</summary>
    public const string TimerClaimed = "K17";

    /// <summary>Timers have fired and no saga has changed.</summary>
    public const string TimerFired = "K18";
}
