using EventSettlement.Contracts;
using EventSettlement.Settlements.Saga;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.Tests.Settlements;

/// <summary>
/// The state machine in MassTransit's own test harness: in-memory transport, saga repository and timers.
/// </summary>
public sealed class SettlementHarness : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // Only a failure lasts so long; a machine that is busy with other things is none.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The harness waits for more to come unless the token is cancelled already.
    private static readonly CancellationToken SoFar = new(canceled: true);
    private readonly ServiceProvider _services;
    private readonly ITestHarness _harness;
    private int _sent;

    private SettlementHarness(ServiceProvider services)
    {
        _services = services;
        _harness = services.GetRequiredService<ITestHarness>();
        Saga = _harness.GetSagaStateMachineHarness<SettlementStateMachine, Settlement>();
    }

    public Guid Id { get; } = Guid.NewGuid();

    public ISagaStateMachineTestHarness<SettlementStateMachine, Settlement> Saga { get; }

    public Settlement State => Saga.Sagas.Contains(Id) ?? throw new InvalidOperationException("no settlement yet");

    public IReadOnlyList<PayPart> PayParts => [.. _harness.Sent.Select<PayPart>(SoFar).Select(m => m.Context.Message)];

    public IReadOnlyList<CancelItems> Cancels =>
        [.. _harness.Sent.Select<CancelItems>(SoFar).Select(m => m.Context.Message)];

    public IReadOnlyList<SettlementEvent> Events =>
        [.. _harness.Sent.Select<SettlementEvent>(SoFar).Select(m => m.Context.Message)];

    public IReadOnlyList<ISentMessage<SettlementEvent>> SentEvents => [.. _harness.Sent.Select<SettlementEvent>(SoFar)];

    public int TimersFired => _harness.Consumed.Select<PayoutDue>(SoFar).Count();

    /// <param name="delays">Milliseconds before each retry.</param>
    public static async Task<SettlementHarness> Start(params int[] delays)
    {
        var waits = (delays.Length == 0 ? [60_000, 60_000, 60_000] : delays)
            .Select(ms => TimeSpan.FromMilliseconds(ms))
            .ToArray();
        var services = new ServiceCollection()
            .AddSingleton(new SettlementOptions(waits))
            .AddMassTransitTestHarness(x =>
            {
                x.SetTestTimeouts(Limit, Limit);
                x.AddSagaStateMachine<SettlementStateMachine, Settlement>();
                x.AddDelayedMessageScheduler();
                x.UsingInMemory(
                    (context, bus) =>
                    {
                        bus.UseDelayedMessageScheduler();
                        bus.ReceiveEndpoint(
                            "settlements",
                            endpoint =>
                            {
                                endpoint.ConcurrentMessageLimit = 1;
                                endpoint.ConfigureSaga<Settlement>(context);
                            }
                        );
                    }
                );
            })
            .BuildServiceProvider(true);
        var harness = new SettlementHarness(services);
        await harness._harness.Start();
        return harness;
    }

    /// <summary>Sends each message and waits until all have been handled.</summary>
    public async Task Tell(params object[] messages)
    {
        var endpoint = await _harness.Bus.GetSendEndpoint(new Uri("queue:settlements"));
        foreach (var message in messages)
            await endpoint.Send(message, message.GetType());
        _sent += messages.Length;
        await Until(() => Handled >= _sent, $"{_sent} messages handled, not {Handled}");
    }

    /// <summary>The timer that the settlement waits for comes now.</summary>
    public async Task Elapse(Guid? token)
    {
        var (endpoint, fired) = (await _harness.Bus.GetSendEndpoint(new Uri("queue:settlements")), TimersFired);
        await endpoint.Send(new PayoutDue(Id), send => send.Headers.Set(MessageHeaders.SchedulingTokenId, token));
        await Until(() => TimersFired > fired, "the timer was not handled");
    }

    public static async Task Until(Func<bool> condition, string otherwise)
    {
        var end =
            TimeProvider.System.GetTimestamp() + (long)(Patience.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < end, otherwise);
            await Task.Delay(2);
        }
    }

    public Task UntilState(string state) =>
        Until(
            () => State.State == state,
            $"expected {state}, but it is {(Saga.Sagas.Contains(Id) is { } s ? s.State : "not there")}"
        );

    public async ValueTask DisposeAsync()
    {
        await _harness.Stop();
        await _services.DisposeAsync();
    }

    private int Handled => _harness.Consumed.Select(m => m.MessageType != typeof(PayoutDue), SoFar).Count();
}
