using System.Text;
using System.Text.Json;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform.Configuration;
using EventSettlement.Settlements;
using EventSettlement.Settlements.Saga;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>
/// The product's own endpoint: state machine, MassTransit's pipeline, session with its marks, wire form. Only the
/// database is memory: a row of <c>settlement</c>, the answered commands, the timers.
/// </summary>
internal sealed class RealSaga : IAsyncDisposable
{
    public static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(4),
        TimeSpan.FromMinutes(8),
    ];

    private static readonly TopicPartition Source = new(Topics.Settlements, 0);
    private readonly ServiceProvider _services;
    private readonly NpgsqlDataSource _nowhere = NpgsqlDataSource.Create("Host=nowhere");
    private readonly SettlementMapper _mapper = new();
    private readonly SagaEndpoint<Settlement> _endpoint;
    private readonly Topology _topology;

    public RealSaga()
    {
        var messaging = new MessagingBuilder().SettlementsMessages(new Settings());
        _topology = messaging.Topology;
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new SettlementOptions(Delays))
            .AddSingleton(_nowhere)
            .AddSagaEndpoints(messaging)
            .BuildServiceProvider();
        _endpoint = new SagaEndpoint<Settlement>(_services, "saga", Topics.Settlements);
    }

    /// <param name="messages">With the token of its timer where it is one; a text is a body that is no message.</param>
    public async Task<RealBatch> Handle(
        Guid id,
        RealRow row,
        DateTimeOffset now,
        IReadOnlyList<(object Message, Guid? Token)> messages
    )
    {
        var sagas = new TrackedSagas<Settlement>(_mapper, _nowhere);
        sagas.AddMissing(id);
        if (row.Stored is { } stored)
        {
            var read = stored.Copy();
            read.AnsweredCommands = [.. row.Answered];
            sagas.AddLoaded(read);
        }

        var session = new BatchSession
        {
            Now = now,
            Partition = 0,
            Sagas = sagas,
        };
        var writes = new QueuedWrites();
        await _endpoint.HandleAll(
            [.. messages.Select((m, i) => Record(id, i, m.Message, m.Token))],
            session,
            writes,
            default
        );
        var (added, changed) = sagas.CollectChanges();
        return new RealBatch(
            now,
            session,
            writes.Parked,
            added.Count,
            added.Concat(changed).SingleOrDefault(),
            [.. session.Sent.Select(Read)]
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _nowhere.DisposeAsync();
    }

    private LogRecord Record(Guid id, int offset, object message, Guid? token)
    {
        var wire = message switch
        {
            SettlementRequested m => _topology.Message(Key(id), m),
            PayoutDue m => _topology.Message(Key(id), m),
            PartAnswered m => _topology.Message(Key(id), m),
            PartCorrected m => _topology.Message(Key(id), m),
            RetrySettlement m => _topology.Message(Key(id), m),
            CancelSettlement m => _topology.Message(Key(id), m),
            HoldSettlement m => _topology.Message(Key(id), m),
            ReleaseSettlement m => _topology.Message(Key(id), m),
            CancelItemsAnswered m => _topology.Message(Key(id), m),
            string body => new OutgoingMessage(
                Topics.Settlements,
                Key(id),
                Encoding.UTF8.GetBytes(body),
                HeaderMap.Empty.With(Topology.MessageType, nameof(PartAnswered))
            ),
            _ => throw new ArgumentException($"{message.GetType().Name} does not come to a settlement"),
        };
        var headers = token is { } timer
            ? wire.Headers.With(MessageHeaders.SchedulingTokenId, timer.ToString("D"))
            : wire.Headers;
        return new LogRecord(Source, offset, wire.Key, wire.Body, headers, DateTime.UnixEpoch);
    }

    private object Read(OutgoingMessage message)
    {
        var entry = _topology.EntryNamed(message.Headers[Topology.MessageType]!)!;
        return JsonSerializer.Deserialize(message.Body, entry.Json)!;
    }

    private static string Key(Guid id) => id.ToString("D");
}

/// <summary>What the database would hold of one settlement.</summary>
internal sealed class RealRow
{
    public Settlement? Stored { get; set; }

    public HashSet<Guid> Answered { get; } = [];
}

/// <summary>What one batch would write.</summary>
internal sealed record RealBatch(
    DateTimeOffset Now,
    BatchSession Session,
    IReadOnlyList<ParkedRecord> Parked,
    int Added,
    Settlement? Written,
    object[] Sent
);
