using EventSettlement.Messaging.Endpoint;
using MassTransit;
using MassTransit.Saga;

namespace EventSettlement.Messaging.Sagas;

/// <summary>
/// MassTransit's saga repository over the sagas of the batch. Every attempt (UseMessageRetry makes several) that throws
/// is undone: saga, side rows, outgoing messages and timers.
/// </summary>
internal sealed class BatchSagaRepository<TSaga> : ISagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
{
    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class
    {
        if (!context.TryGetPayload(out BatchSession? session))
            throw new InvalidOperationException($"{typeof(TSaga).Name} is handled in a batch only");
        if (context.TryGetPayload(out MessageScope? scope))
            scope.Message = context;
        var before = session.NewUndoPoint();
        try
        {
            await next.Send(new BatchSagaContext<TSaga, T>(context, session));
        }
        catch
        {
            session.UndoTo(before);
            throw;
        }
    }

    public Task SendQuery<T>(
        ConsumeContext<T> context,
        ISagaQuery<TSaga> query,
        IPipe<SagaRepositoryQueryContext<TSaga, T>> next
    )
        where T : class => throw new NotSupportedException("A saga is found by its id only");

    public void Probe(ProbeContext context) => context.Add("persistence", "batch");
}
