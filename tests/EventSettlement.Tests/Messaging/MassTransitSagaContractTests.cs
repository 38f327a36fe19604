using EventSettlement.Messaging.Sagas;
using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.Tests.Messaging;

/// <summary>What MassTransit asks of a saga repository, and in which order: our batches are written by that.</summary>
public sealed class MassTransitSagaContractTests
{
    private readonly Guid _id = Guid.NewGuid();
    private readonly Journal _journal = new();

    [Fact]
    public async Task New_saga_is_looked_for_then_added_then_saved()
    {
        await using var world = World();

        await world.Receive(new Asked(_id));

        Assert.Equal(["load", "add Initial", "save Waiting"], _journal.Calls);
    }

    [Fact]
    public async Task Saga_that_is_there_is_loaded_and_updated()
    {
        await using var world = World();
        _journal.Saga = new Errand { CorrelationId = _id, State = "Waiting" };

        await world.Receive(new Asked(_id));

        Assert.Equal(["load", "update Waiting"], _journal.Calls);
        Assert.Equal(1, _journal.Saga.Again);
    }

    [Fact]
    public async Task Failing_saga_is_neither_saved_nor_updated()
    {
        await using var world = World();
        _journal.Saga = new Errand
        {
            CorrelationId = _id,
            State = "Waiting",
            Again = 1,
        };

        await Assert.ThrowsAnyAsync<Exception>(() => world.Receive(new Asked(_id)));

        Assert.DoesNotContain(
            _journal.Calls,
            call =>
                call.StartsWith("update", StringComparison.Ordinal) || call.StartsWith("save", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Batch_is_found_from_inside_the_state_machine()
    {
        await using var world = World();

        await world.Receive(new Asked(_id));

        Assert.Equal(["started"], world.Session.Rows);
        Assert.Equal("told", Assert.Single(world.Session.Sent).Topic);
    }

    private PipelineWorld World() =>
        new(
            _ => { },
            (endpoint, _) =>
                endpoint.StateMachineSaga(
                    new ErrandMachine(),
                    new SagaRepository<Errand>(new JournalRepository(_journal))
                )
        );

    public sealed class Errand : SagaStateMachineInstance
    {
        public Guid CorrelationId { get; set; }
        public string State { get; set; } = "Initial";
        public int Again { get; set; }
    }

    private sealed class Journal
    {
        public Errand? Saga { get; set; }

        public List<string> Calls { get; } = [];

        public void Write(string call) => Calls.Add(call);
    }

    private sealed class ErrandMachine : MassTransitStateMachine<Errand>
    {
        public ErrandMachine()
        {
            InstanceState(x => x.State);
            Event(() => Asked, e => e.CorrelateById(m => m.Message.Id));
            Initially(
                When(Asked)
                    .Then(c => BatchSession.Of(c).Add("started"))
                    .Publish(c => new Told(c.Saga.CorrelationId))
                    .TransitionTo(Waiting)
            );
            During(
                Waiting,
                When(Asked)
                    .Then(c =>
                    {
                        if (c.Saga.Again++ > 0)
                            throw new TimeoutException("no third time");
                    })
            );
        }

        public State Waiting { get; } = null!;

        public Event<Asked> Asked { get; } = null!;
    }

    private sealed class JournalRepository(Journal journal) : ISagaRepositoryContextFactory<Errand>
    {
        public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<Errand, T>> next)
            where T : class => next.Send(new JournalContext<T>(context, journal));

        public Task SendQuery<T>(
            ConsumeContext<T> context,
            ISagaQuery<Errand> query,
            IPipe<SagaRepositoryQueryContext<Errand, T>> next
        )
            where T : class => throw new NotSupportedException();

        public void Probe(ProbeContext context) => context.CreateScope("journal");
    }

    private sealed class JournalContext<T>(ConsumeContext<T> context, Journal journal)
        : ConsumeContextScope<T>(context),
            SagaRepositoryContext<Errand, T>
        where T : class
    {
        private readonly ConsumeContext<T> _context = context;

        public Task<SagaConsumeContext<Errand, T>> Add(Errand instance) => With(instance, $"add {instance.State}");

        public Task<SagaConsumeContext<Errand, T>> Insert(Errand instance) =>
            With(instance, $"insert {instance.State}");

        public Task<SagaConsumeContext<Errand, T>> Load(Guid correlationId) => With(journal.Saga, "load");

        public Task Save(SagaConsumeContext<Errand> saga) => Wrote("save", saga);

        public Task Update(SagaConsumeContext<Errand> saga) => Wrote("update", saga);

        public Task Delete(SagaConsumeContext<Errand> saga) => Wrote("delete", saga);

        public Task Discard(SagaConsumeContext<Errand> saga) => Wrote("discard", saga);

        public Task Undo(SagaConsumeContext<Errand> saga) => Wrote("undo", saga);

        public Task<SagaConsumeContext<Errand, TOther>> CreateSagaConsumeContext<TOther>(
            ConsumeContext<TOther> consumeContext,
            Errand instance,
            SagaConsumeContextMode mode
        )
            where TOther : class =>
            Task.FromResult<SagaConsumeContext<Errand, TOther>>(
                new DefaultSagaConsumeContext<Errand, TOther>(consumeContext, instance)
            );

        private Task<SagaConsumeContext<Errand, T>> With(Errand? saga, string call)
        {
            journal.Write(call);
            return Task.FromResult<SagaConsumeContext<Errand, T>>(
                saga is null ? null! : new DefaultSagaConsumeContext<Errand, T>(_context, saga)
            );
        }

        private Task Wrote(string call, SagaConsumeContext<Errand> saga)
        {
            journal.Write($"{call} {saga.Saga.State}");
            return Task.CompletedTask;
        }
    }
}
