namespace EventSettlement.Messaging.Outgoing;

/// <summary>How a topic stands in a MassTransit address: <c>topic:payouts.member</c>.</summary>
public static class TopicAddress
{
    public const string Scheme = "topic";

    public static Uri Of(string topic) => new(Scheme + ":" + topic);

    /// <summary>The topic named by an address of ours, or null when it is another kind of address.</summary>
    public static string? TopicOf(Uri address) => address.Scheme == Scheme ? address.AbsolutePath : null;
}
