namespace EventSettlement.Messaging.Hosting;

/// <summary>What the host decides for the core.</summary>
public sealed class MessagingOptions
{
    /// <summary><c>postgres</c> or <c>kafka</c>.</summary>
    public string Log { get; set; } = "postgres";

    /// <summary>Kafka's <c>host:port</c> list.</summary>
    public string? Bootstrap { get; set; }

    /// <summary>Of every topic that is created; stored, a change is refused while anything is under way.</summary>
    public int Partitions { get; set; } = 8;

    /// <summary>Groups served by this process; null = all that are registered.</summary>
    public ISet<string>? Groups { get; set; }

    /// <summary>Whether this process runs the relay and the due mover.</summary>
    public bool Relay { get; set; } = true;
}
