using EventSettlement.Messaging.Log;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>A message on its way into a topic, already in its wire form.</summary>
/// <param name="Key">Chooses the partition; null means any.</param>
/// <param name="Body">≤ 256 KB for what we send ourselves.</param>
public sealed record OutgoingMessage(string Topic, string? Key, byte[]? Body, HeaderMap Headers);
