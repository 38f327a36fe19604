using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EventSettlement.Messaging.Outgoing;
using MassTransit;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>
/// The body is the message's own compact JSON and nothing else. MassTransit's own serializer indents it and adds 300
/// bytes about the host to every message.
/// </summary>
internal sealed class WireSerializer(Topology topology) : IMessageSerializer, ISerializerFactory
{
    private static readonly ContentType Json = new("application/json");

    public ContentType ContentType => Json;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class =>
        new BytesMessageBody(
            JsonSerializer.SerializeToUtf8Bytes(context.Message, (JsonTypeInfo<T>)topology.EntryFor(typeof(T)).Json)
        );

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => new NoDeserializer();

    // Records are read before they enter the pipeline, where a bad one can still be told from a failing handler.
    private sealed class NoDeserializer : IMessageDeserializer
    {
        public ContentType ContentType => Json;

        public ConsumeContext Deserialize(ReceiveContext receiveContext) => throw Refused();

        public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress) =>
            throw Refused();

        public MessageBody GetMessageBody(string text) => throw Refused();

        public void Probe(ProbeContext context) => context.CreateScope("wire");

        private static NotSupportedException Refused() => new("Records are read before the pipeline");
    }
}
