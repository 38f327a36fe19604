using MassTransit;
using MassTransit.Context;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>Lets a handler choose the key with <c>SetPartitionKey</c>.</summary>
internal sealed class WireSendContext<T>(T message, CancellationToken cancel)
    : MessageSendContext<T>(message, cancel), PartitionKeySendContext
    where T : class
{
    public string? PartitionKey { get; set; }
}
