using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Sagas;
using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>One record of the log as MassTransit receives it, its message already read.</summary>
internal sealed class RecordReceiveContext : BaseReceiveContext
{
    private readonly LogRecord _record;
    private readonly CaptureEndpoints _endpoints;

    public RecordReceiveContext(
        ReceivePipeline pipeline,
        LogRecord record,
        WireType type,
        object message,
        CaptureEndpoints endpoints,
        BatchSession session,
        MessageScope scope
    )
        : base(false, pipeline.Context, session, scope)
    {
        _record = record;
        _endpoints = endpoints;
        InputAddress = pipeline.Address;
        HeaderProvider = new RecordHeaders(record.Headers.Text);
        var read = new TypedContext(TransportHeaders, pipeline.Address, pipeline.Serializer, type, message);
        scope.Message = GetOrAddPayload<ConsumeContext>(() => new BodyConsumeContext(this, read));
    }

    public override MessageBody Body => new BytesMessageBody(_record.Body);

    protected override IHeaderProvider HeaderProvider { get; }

    protected override ISendEndpointProvider GetSendEndpointProvider() => _endpoints;

    protected override IPublishEndpointProvider GetPublishEndpointProvider() => _endpoints;
}
