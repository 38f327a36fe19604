using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using MassTransit;
using MassTransit.Transports;
using MassTransit.Util;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>
/// Where a handler's messages go: into the batch, and from there into the log with everything else or not at all.
/// </summary>
internal sealed class CaptureEndpoints(ReceivePipeline pipeline, BatchSession session)
    : ISendEndpointProvider,
        IPublishEndpointProvider
{
    private readonly Dictionary<Uri, ISendEndpoint> _bySendAddress = [];
    private readonly Dictionary<Type, ISendEndpoint> _byPublishedType = [];

    public Task<ISendEndpoint> GetSendEndpoint(Uri address)
    {
        if (!_bySendAddress.TryGetValue(address, out var endpoint))
            _bySendAddress.Add(address, endpoint = SendTo(TopicOf(address), address, pipeline.SendPipe));
        return Task.FromResult(endpoint);
    }

    public Task<ISendEndpoint> GetPublishSendEndpoint<T>()
        where T : class
    {
        if (!_byPublishedType.TryGetValue(typeof(T), out var endpoint))
        {
            var topic =
                pipeline.Topology.EntryFor(typeof(T)).Topic
                ?? throw new InvalidOperationException($"{typeof(T).Name} is sent to a topic by name, not published");
            _byPublishedType.Add(typeof(T), endpoint = SendTo(topic, TopicAddress.Of(topic), pipeline.PublishPipe));
        }

        return Task.FromResult(endpoint);
    }

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => new EmptyConnectHandle();

    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => new EmptyConnectHandle();

    private SendEndpoint SendTo(string topic, Uri address, ISendPipe pipe) =>
        new(new CaptureTransport(pipeline.Topology, session, topic), pipeline.Context, address, pipe);

    private static string TopicOf(Uri address) =>
        TopicAddress.TopicOf(address)
        ?? throw new InvalidOperationException($"{address} is no topic; see TopicAddress");
}
