using System.Text;
using EventSettlement.Messaging.Log;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>A message on its way into a topic, already in its wire form.</summary>
/// <param name="Key">Chooses the partition; null means any. Bytes, for a replayed one need not be text.</param>
/// <param name="Body">≤ 256 KB for what we send ourselves.</param>
public sealed record OutgoingMessage(string Topic, byte[]? Key, byte[]? Body, HeaderMap Headers)
{
    public OutgoingMessage(string topic, string? key, byte[]? body, HeaderMap headers)
        : this(topic, key is null ? null : Encoding.UTF8.GetBytes(key), body, headers) { }
}
