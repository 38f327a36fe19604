using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace EventSettlement.Messaging.Sagas;

/// <summary>One message's view of the batch's sagas. Rows are never deleted: a completed saga is the record.</summary>
internal sealed class BatchSagaContext<TSaga, T>(ConsumeContext<T> context, BatchSession session)
    : ConsumeContextScope<T>(context),
        SagaRepositoryContext<TSaga, T>
    where TSaga : class, ISaga
    where T : class
{
    private readonly ConsumeContext<T> _context = context;
    private readonly TrackedSagas<TSaga> _sagas =
        (TrackedSagas<TSaga>?)session.Sagas
        ?? throw new InvalidOperationException($"The batch holds no {typeof(TSaga).Name}");

    public Task<SagaConsumeContext<TSaga, T>> Add(TSaga instance)
    {
        _sagas.Add(instance, session);
        return Task.FromResult(With(instance));
    }

    public async Task<SagaConsumeContext<TSaga, T>> Insert(TSaga instance) =>
        await _sagas.Load(instance.CorrelationId, session, CancellationToken) is null ? await Add(instance) : null!;

    public async Task<SagaConsumeContext<TSaga, T>> Load(Guid correlationId) =>
        await _sagas.Load(correlationId, session, CancellationToken) is { } tracked ? With(tracked.Saga) : null!;

    public Task Save(SagaConsumeContext<TSaga> context) => Update(context);

    public Task Update(SagaConsumeContext<TSaga> context)
    {
        _sagas.Changed(context.Saga);
        return Task.CompletedTask;
    }

    public Task Delete(SagaConsumeContext<TSaga> context) => Update(context);

    public Task Discard(SagaConsumeContext<TSaga> context)
    {
        _sagas.Forget(context.Saga);
        return Task.CompletedTask;
    }

    public Task Undo(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task<SagaConsumeContext<TSaga, TOther>> CreateSagaConsumeContext<TOther>(
        ConsumeContext<TOther> consumeContext,
        TSaga instance,
        SagaConsumeContextMode mode
    )
        where TOther : class =>
        Task.FromResult<SagaConsumeContext<TSaga, TOther>>(
            new DefaultSagaConsumeContext<TSaga, TOther>(consumeContext, instance)
        );

    private SagaConsumeContext<TSaga, T> With(TSaga saga) => new DefaultSagaConsumeContext<TSaga, T>(_context, saga);
}
