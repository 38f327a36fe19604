using System.Diagnostics.CodeAnalysis;
using EventSettlement.Messaging.Outgoing;
using MassTransit;
using MassTransit.Serialization;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>A message that is read already. It is of one type, and of no other that its JSON might also fit.</summary>
internal sealed class TypedContext(
    Headers headers,
    Uri address,
    WireSerializer serializer,
    WireType type,
    object message
)
    : BaseSerializerContext(
        SystemTextJsonMessageSerializer.Instance,
        new RawMessageContext(headers, address, 0),
        type.Urns
    )
{
    public override bool TryGetMessage<T>(out T? value)
        where T : class => (value = message as T) is not null;

    public override bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? value) =>
        (value = messageType.IsInstanceOfType(message) ? message : null) is not null;

    public override bool IsSupportedMessageType<T>() => message is T;

    public override bool IsSupportedMessageType(Type messageType) => messageType.IsInstanceOfType(message);

    public override IMessageSerializer GetMessageSerializer() => serializer;

    public override IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T message) => serializer;

    public override IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) => serializer;

    public override Dictionary<string, object> ToDictionary<T>(T? message)
        where T : class => throw new NotSupportedException("Messages are typed here");
}

/// <summary>A mapped type with the names MassTransit knows it by.</summary>
internal sealed record WireType(Topology.Entry Entry, string[] Urns)
{
    public static WireType From(Topology.Entry entry) => new(entry, [MessageUrn.ForTypeString(entry.Type)]);
}
