using EventSettlement.Messaging;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.KillTarget.Counters;

public sealed class CounterMachine : MassTransitStateMachine<Counter>
{
    private readonly Attempts _attempts;

    public CounterMachine(Attempts attempts)
    {
        _attempts = attempts;
        InstanceState(x => x.State);
        Event(() => Bump, e => e.CorrelateById(m => m.Message.Id));
        Schedule(() => Due, x => x.Timer, s => s.Received = e => e.CorrelateById(m => m.Message.Id));
        Initially(When(Bump).ThenAsync(Count).TransitionTo(Counting));
        During(
            Counting,
            When(Bump, c => c.Message.Mode == "timer")
                .ThenAsync(Count)
                .Schedule(Due, c => new CounterDue(c.Saga.CorrelationId), _ => TimeSpan.FromMinutes(2)),
            When(Bump, c => c.Message.Mode == "untimer").ThenAsync(Count).Unschedule(Due),
            When(Bump, c => c.Message.Mode is not ("timer" or "untimer")).ThenAsync(Count),
            When(Due!.Received).Then(c => Fail(c.Saga, "due")).TransitionTo(Elapsed)
        );
        During(Elapsed, Ignore(Bump));
    }

    public State Counting { get; } = null!;
    public State Elapsed { get; } = null!;
    public Event<Bump> Bump { get; } = null!;
    public Schedule<Counter, CounterDue> Due { get; } = null!;

    private async Task Count(BehaviorContext<Counter, Bump> context)
    {
        var (saga, message) = (context.Saga, context.Message);
        saga.Count++;
        saga.Note = message.Mode;
        if (message.Mode == "slow")
            await Task.Delay(600);
        BatchSession.Of(context).Add(new CounterRow(saga.CorrelationId, saga.Count));
        var publisher =
            message.Mode == "scoped"
                ? context.GetPayload<IServiceScope>().ServiceProvider.GetRequiredService<IPublishEndpoint>()
                : context;
        await publisher.Publish(new Bumped(saga.CorrelationId, saga.Count));
        if (message.Mode == "order")
        {
            var orders = await context.GetSendEndpoint(TopicAddress.Of("orders"));
            await orders.Send(new Order(saga.CorrelationId, Guid.NewGuid()));
        }

        CrashPoint.Hit("K05");
        Fail(saga, message.Mode);
    }

    private void Fail(Counter saga, string? mode)
    {
        if (mode == "fail" || (mode is "once" or "due" && _attempts.Made++ == 0))
            throw new InvalidOperationException($"counter {saga.Count} would not");
    }
}
