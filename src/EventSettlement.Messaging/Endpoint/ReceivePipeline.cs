using EventSettlement.Messaging.Outgoing;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Context;
using MassTransit.DependencyInjection;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>
/// MassTransit's own receive pipeline of one endpoint, fed by us: no broker of MassTransit's stands behind it.
/// </summary>
internal sealed class ReceivePipeline
{
    private readonly IServiceScopeFactory _scopes;
    private readonly ISetScopedConsumeContext _binding;
    private readonly IReceivePipeDispatcher _dispatcher;

    /// <param name="topic">What the endpoint reads; a timer that names no address comes back here.</param>
    public ReceivePipeline(
        IServiceProvider services,
        string group,
        string topic,
        Action<IReceiveEndpointConfigurator, IBusRegistrationContext> configure
    )
    {
        Topology = services.GetRequiredService<Topology>();
        Serializer = new WireSerializer(Topology);
        Address = TopicAddress.Of(topic);
        var host = services.GetRequiredService<Bind<IBus, IBusInstance>>().Value.HostConfiguration;
        var endpoint = host.CreateReceiveEndpointConfiguration($"{group}.{topic}");
        var configurator = (IReceiveEndpointConfigurator)endpoint;
        configurator.ThrowOnSkippedMessages();
        configurator.RethrowFaultedMessages();
        configurator.PublishFaults = false;
        configurator.ConfigureConsumeTopology = false;
        configurator.ClearSerialization();
        configurator.AddSerializer(Serializer);
        configurator.AddDeserializer(Serializer, isDefault: true);
        configurator.AddPrePipeSpecification(new OutboxSchedulerFilter(host.Topology));
        var registrations = services.GetRequiredService<Bind<IBus, IBusRegistrationContext>>().Value;
        _scopes = services.GetRequiredService<IServiceScopeFactory>();
        _binding = (ISetScopedConsumeContext)registrations;
        configure(configurator, registrations);
        endpoint.Validate().ThrowIfContainsFailure($"The endpoint of {topic} is not valid");
        Context = endpoint.CreateReceiveEndpointContext();
        SendPipe = endpoint.Send.CreatePipe();
        PublishPipe = new PublishAsSend(endpoint.Publish.CreatePipe());
        _dispatcher = Context.CreateReceivePipeDispatcher();
    }

    public Topology Topology { get; }

    public Uri Address { get; }

    public WireSerializer Serializer { get; }

    public ReceiveEndpointContext Context { get; }

    public ISendPipe SendPipe { get; }

    public ISendPipe PublishPipe { get; }

    public MessageScope CreateScope() => new(_scopes, _binding);

    public Task Dispatch(RecordReceiveContext context) => _dispatcher.Dispatch(context, NoLockReceiveContext.Instance);

    private sealed class PublishAsSend(IPublishPipe pipe) : ISendPipe
    {
        public Task Send<T>(SendContext<T> context)
            where T : class => pipe.Send(context.GetPayload<PublishContext<T>>());

        public void Probe(ProbeContext context) => pipe.Probe(context);
    }
}
