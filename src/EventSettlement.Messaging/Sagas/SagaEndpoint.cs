using System.Buffers.Text;
using System.Data.Common;
using System.Diagnostics;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Endpoint;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using MassTransit;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventSettlement.Messaging.Sagas;

/// <summary>
/// Runs a state machine over batches: one SELECT for the sagas of all records, MassTransit's pipeline for each record
/// in order, and one flush. A record that fails is undone alone and parked; its neighbours are committed.
/// </summary>
public sealed class SagaEndpoint<TSaga> : IBatchConsumer where TSaga : class, SagaStateMachineInstance
{
    private readonly IServiceProvider _services;
    private readonly IServiceScopeFactory _scopes;
    private readonly ISagaMapper<TSaga> _mapper;
    private readonly NpgsqlDataSource _database;
    private readonly RecordReader _reader;
    private readonly ReceivePipeline _pipeline;
    private readonly string _group;

    public SagaEndpoint(IServiceProvider services, string group, string topic)
        : this(services, group, topic, _ => { })
    {
    }

    internal SagaEndpoint(IServiceProvider services, string group, string topic,
        Action<IReceiveEndpointConfigurator> configure)
    {
        _services = services;
        _group = group;
        _scopes = services.GetRequiredService<IServiceScopeFactory>();
        _mapper = services.GetRequiredService<ISagaMapper<TSaga>>();
        _database = services.GetRequiredService<NpgsqlDataSource>();
        _reader = new RecordReader(services.GetRequiredService<Topology>());
        _pipeline = new ReceivePipeline(services, group, topic, (endpoint, registrations) =>
        {
            configure(endpoint);
            endpoint.ConfigureSaga<TSaga>(registrations);
        });
    }

    /// <summary>What MassTransit must know before its host is built.</summary>
    public static void Register<TMachine, TMapper>(IBusRegistrationConfigurator bus)
        where TMachine : class, SagaStateMachine<TSaga>
        where TMapper : class, ISagaMapper<TSaga>
    {
        bus.AddSingleton<ISagaMapper<TSaga>, TMapper>();
        bus.AddSagaStateMachine<TMachine, TSaga>().Repository(repository =>
            repository.AddSingleton<ISagaRepositoryContextFactory<TSaga>, BatchSagaRepository<TSaga>>());
    }

    public async Task Consume(OwnedBatch batch, CancellationToken cancel)
    {
        using var activity = BatchTrace.Start(_group, batch);
        var sagas = new TrackedSagas<TSaga>(_mapper, _database);
        var session = new BatchSession
        {
            Now = await sagas.ReadAll(IdsOf(batch.Records), cancel),
            Partition = batch.Source.Partition,
            Sagas = sagas,
        };
        var writes = new QueuedWrites();
        await HandleAll(batch.Records, session, writes, cancel);
        SagaFlush.Write(session, sagas, _mapper, _services, writes);
        if (session.Scheduled.Count > 0)
            CrashPoint.Hit("K16");
        await batch.Complete(writes, cancel);
    }

    /// <summary>All records in order, into the session: what is left of a batch without its database.</summary>
    internal async Task HandleAll(
        IReadOnlyList<LogRecord> records, BatchSession session, QueuedWrites writes, CancellationToken cancel)
    {
        var endpoints = new CaptureEndpoints(_pipeline, session);
        foreach (var record in records)
        {
            var mark = session.TakeMark();
            try
            {
                await Handle(record, session, endpoints, writes);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested && !IsDatabase(e))
            {
                session.UndoTo(mark);
                writes.Park(record, Code(e), null, Reason(e));
            }
        }
    }

    private async Task Handle(LogRecord record, BatchSession session, CaptureEndpoints endpoints, QueuedWrites writes)
    {
        var read = _reader.Read(record);
        if (read.Code is not null)
        {
            writes.Park(record, read.Code, read.Pointer, read.Reason!);
            return;
        }

        if (record.Headers.Text.Contains(MessageHeaders.SchedulingTokenId, StringComparison.Ordinal))
            CrashPoint.Hit("K18");
        session.Inbound = record;

        // A scope for the batch would leave scoped endpoints bound to its first message: wrong conversation, wrong
        // trace.
        var scope = _scopes.CreateScope();
        await using var scoped = (IAsyncDisposable)scope;
        using var context = new RecordReceiveContext(
            _pipeline, record, read.Type!, read.Message!, endpoints, session, scope, scope.ServiceProvider);
        await _pipeline.Dispatch(context);
    }

    private static Guid[] IdsOf(IReadOnlyList<LogRecord> records)
    {
        var ids = new HashSet<Guid>(records.Count);
        foreach (var record in records)
            if (record.Key is { Length: 36 } key && Utf8Parser.TryParse(key, out Guid id, out var used) && used == 36)
                ids.Add(id);
        return [.. ids];
    }

    // What the database says is about the batch, not about this record.
    private static bool IsDatabase(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
            if (cause is DbException)
                return true;
        return false;
    }

    private static string Code(Exception e) => e is MessageNotConsumedException ? "unknown_type" : "handler_failed";

    private static string Reason(Exception e)
    {
        var cause = e.GetBaseException();
        return $"{cause.GetType().Name}: {cause.Message}".Replace('\0', ' ');
    }
}
