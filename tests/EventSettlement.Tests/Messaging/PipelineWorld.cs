using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EventSettlement.Messaging.Endpoint;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Sagas;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.Tests.Messaging;

public sealed record Asked(Guid Id);

public sealed record Told(Guid Id);

/// <summary>MassTransit's pipeline of one endpoint with a handler of the test's; no server anywhere.</summary>
internal sealed class PipelineWorld : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ReceivePipeline _pipeline;
    private readonly MessageReader _reader;

    public PipelineWorld(Func<ConsumeContext<Asked>, Task> handle)
        : this(_ => { }, (endpoint, _) => endpoint.Handler<Asked>(context => handle(context))) { }

    public PipelineWorld(
        Action<IBusRegistrationConfigurator> bus,
        Action<IReceiveEndpointConfigurator, IBusRegistrationContext> endpoint
    )
    {
        var messaging = new MessagingBuilder();
        messaging.Topology.Map("asked", Json<Asked>()).Map("told", Json<Told>());
        _services = new ServiceCollection().AddLogging().AddSagaEndpoints(messaging, bus).BuildServiceProvider();
        _pipeline = new ReceivePipeline(_services, "group", "asked", endpoint);
        _reader = new MessageReader(messaging.Topology);
    }

    public IServiceProvider Services => _services;

    public BatchSession Session { get; } = new();

    public Task Receive(Asked message, params (string Name, string Value)[] headers) =>
        Receive(nameof(Asked), message, headers);

    public async Task Receive<T>(string type, T message, params (string Name, string Value)[] headers)
    {
        var map = headers.Aggregate(HeaderMap.Empty.With("MT-Message-Type", type), (m, h) => m.With(h.Name, h.Value));
        var record = new LogRecord(
            new("asked", 0),
            0,
            Encoding.UTF8.GetBytes("lane"),
            JsonSerializer.SerializeToUtf8Bytes(message, JsonSerializerOptions.Web),
            map,
            DateTime.UnixEpoch
        );
        var read = _reader.Read(record);
        Session.Inbound = record;
        await using var scope = _pipeline.CreateScope();
        using var context = new RecordReceiveContext(
            _pipeline,
            record,
            read.Type!,
            read.Message!,
            new CaptureEndpoints(_pipeline, Session),
            Session,
            scope
        );
        await _pipeline.Dispatch(context);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static JsonTypeInfo<T> Json<T>() => (JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T));
}
