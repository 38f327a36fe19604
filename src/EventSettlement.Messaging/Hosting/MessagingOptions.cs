using EventSettlement.Messaging.Log.Kafka;

namespace EventSettlement.Messaging.Hosting;

/// <summary>Tells people that something needs them.</summary>
/// <param name="code">Stable; what alerts are grouped and looked up by.</param>
/// <param name="cause">The subject: the same code and cause is the same alert.</param>
/// <param name="message">What happened, for a person.</param>
/// <param name="next">The command or step that comes next.</param>
public delegate void AlertHandler(string code, string cause, string message, string next);

/// <summary>What the host decides for the core.</summary>
public sealed class MessagingOptions
{
    /// <summary><c>postgres</c> or <c>kafka</c>.</summary>
    public string Log { get; set; } = "postgres";

    /// <summary>Kafka's <c>host:port</c> list.</summary>
    public string? Bootstrap { get; set; }

    /// <summary>How Kafka's brokers are reached.</summary>
    public KafkaSecurity Kafka { get; set; } = new();

    /// <summary>Of every topic that is created; stored, a change is refused while anything is under way.</summary>
    public int Partitions { get; set; } = 8;

    /// <summary>How long the PostgreSQL log keeps records that every group has passed.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Groups served by this process; null = all that are registered.</summary>
    public ISet<string>? Groups { get; set; }

    /// <summary>Whether this process runs the relay and the due mover.</summary>
    public bool Relay { get; set; } = true;

    /// <summary>Called once for each new cause, from any thread; must not block.</summary>
    public AlertHandler OnAlert { get; set; } = (_, _, _, _) => { };
}
