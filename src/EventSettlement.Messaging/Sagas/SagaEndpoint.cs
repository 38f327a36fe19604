using System.Buffers.Text;
using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
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
/// in order, and one transaction. A record that fails is undone alone and parked; its neighbours are committed.
/// </summary>
public sealed class SagaEndpoint<TSaga> : IBatchConsumer
    where TSaga : class, SagaStateMachineInstance
{
    // Of 500 records three quarters are written while the others are handled. A piece costs 0.3 ms whatever its size:
    // smaller ones cost more than they hide.
    private const int PieceSize = 125;

    // PostgreSQL ends a transaction that waits 5 s for its next statement: where handling is as slow as this, nothing
    // is written before all is handled.
    private static readonly TimeSpan SlowPiece = TimeSpan.FromMilliseconds(500);

    private readonly IServiceProvider _services;
    private readonly ISagaMapper<TSaga> _mapper;
    private readonly NpgsqlDataSource _database;
    private readonly MessageReader _reader;
    private readonly ReceivePipeline _pipeline;

    public SagaEndpoint(IServiceProvider services, string group, string topic)
        : this(services, group, topic, _ => { }) { }

    internal SagaEndpoint(
        IServiceProvider services,
        string group,
        string topic,
        Action<IReceiveEndpointConfigurator> configure
    )
    {
        _services = services;
        _mapper = services.GetRequiredService<ISagaMapper<TSaga>>();
        _database = services.GetRequiredService<NpgsqlDataSource>();
        _reader = new MessageReader(services.GetRequiredService<Topology>());
        _pipeline = new ReceivePipeline(
            services,
            group,
            topic,
            (endpoint, _) =>
            {
                configure(endpoint);
                endpoint.StateMachineSaga(
                    services.GetRequiredService<SagaStateMachine<TSaga>>(),
                    new SagaRepository<TSaga>(new BatchSagaRepository<TSaga>())
                );
            }
        );
    }

    /// <summary>What an endpoint asks the container for.</summary>
    public static void Register<TMachine, TMapper>(IBusRegistrationConfigurator bus)
        where TMachine : class, SagaStateMachine<TSaga>
        where TMapper : class, ISagaMapper<TSaga>
    {
        bus.AddSingleton<ISagaMapper<TSaga>, TMapper>();
        bus.AddSingleton<SagaStateMachine<TSaga>, TMachine>();
    }

    public async Task Consume(OwnedBatch batch, CancellationToken cancel)
    {
        var sagas = new TrackedSagas<TSaga>(_mapper, _database);
        var session = new BatchSession
        {
            Now = await sagas.ReadAll(LastUses(batch.Records), cancel),
            Partition = batch.Source.Partition,
            Sagas = sagas,
        };
        await batch.Complete(Pieces(batch.Records, session, sagas, cancel), cancel);
    }

    private async IAsyncEnumerable<QueuedWrites> Pieces(
        IReadOnlyList<LogRecord> records,
        BatchSession session,
        TrackedSagas<TSaga> sagas,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        for (int from = 0, handled; from < records.Count; from = handled)
        {
            handled = records.Count - from < PieceSize * 3 / 2 ? records.Count : from + PieceSize;
            var writes = new QueuedWrites();
            var started = Stopwatch.GetTimestamp();
            await HandleAll(records.Take(from..handled), session, writes, cancel);
            if (from == 0 && Stopwatch.GetElapsedTime(started) > SlowPiece)
            {
                await HandleAll(records.Skip(handled), session, writes, cancel);
                handled = records.Count;
            }

            writes.MoreFollows = handled < records.Count;
            if (writes.MoreFollows)
            {
                SagaFlush.WriteAhead(session, sagas, _mapper, handled, writes);
            }
            else
            {
                SagaFlush.Write(session, sagas, _mapper, _services, writes);
                if (session.Scheduled.Count > 0)
                    CrashPoint.Hit(CrashPoints.TimerSet);
            }

            yield return writes;
        }
    }

    /// <summary>All records in order, into the session: what is left of a batch without its database.</summary>
    internal async Task HandleAll(
        IEnumerable<LogRecord> records,
        BatchSession session,
        QueuedWrites writes,
        CancellationToken cancel
    )
    {
        // Else it would be set anew for every record.
        LogContext.SetCurrentIfNull(_pipeline.Context.LogContext);
        var endpoints = new CaptureEndpoints(_pipeline, session);
        foreach (var record in records)
        {
            var before = session.NewUndoPoint();
            try
            {
                await Handle(record, session, endpoints, writes);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested && !IsDatabase(e))
            {
                session.UndoTo(before);
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

        session.Inbound = record;

        await using var scope = _pipeline.CreateScope();
        using var context = new RecordReceiveContext(
            _pipeline,
            record,
            read.Type!,
            read.Message!,
            endpoints,
            session,
            scope
        );
        await _pipeline.Dispatch(context);
    }

    private static Dictionary<Guid, int> LastUses(IReadOnlyList<LogRecord> records)
    {
        var uses = new Dictionary<Guid, int>(records.Count);
        for (var i = 0; i < records.Count; i++)
            if (
                records[i].Key is { Length: 36 } key
                && Utf8Parser.TryParse(key, out Guid id, out var used)
                && used == 36
            )
                uses[id] = i;
        return uses;
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
