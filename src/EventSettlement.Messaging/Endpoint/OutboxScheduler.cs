using EventSettlement.Messaging.Sagas;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Context;
using MassTransit.Scheduling;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>
/// MassTransit's scheduler over timer rows. A wait, which MassTransit makes an instant of this process's clock, is made
/// a wait again and added to the database's clock: schedule waits, never instants of the database.
/// </summary>
internal sealed class OutboxScheduler(ConsumeContext context, BatchSession session) : IScheduleMessageProvider
{
    public async Task<ScheduledMessage<T>> ScheduleSend<T>(
        Uri destinationAddress,
        DateTime scheduledTime,
        T message,
        IPipe<SendContext<T>> pipe,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var token = ScheduleTokenIdCache<T>.GetTokenId(message);
        var timer = new ScheduleSendPipe<T>(pipe, scheduledTime) { ScheduledMessageId = token };
        var endpoint = await context.GetSendEndpoint(destinationAddress);
        await endpoint.Send(message, timer, cancellationToken);
        return new ScheduledMessageHandle<T>(
            timer.ScheduledMessageId ?? token,
            scheduledTime,
            destinationAddress,
            message
        );
    }

    public Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken)
    {
        session.Cancel(tokenId);
        return Task.CompletedTask;
    }

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        CancelScheduledSend(tokenId, cancellationToken);
}

/// <summary>Gives every message of an endpoint the scheduler above.</summary>
internal sealed class OutboxSchedulerFilter(IBusTopology topology)
    : IFilter<ConsumeContext>,
        IPipeSpecification<ConsumeContext>
{
    private readonly MessageSchedulerFactory _scheduler = context => new MessageScheduler(
        new OutboxScheduler(context, context.GetPayload<BatchSession>()),
        topology
    );

    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        context.GetOrAddPayload<MessageSchedulerContext>(() => new ConsumeMessageSchedulerContext(context, _scheduler));
        return next.Send(context);
    }

    public void Apply(IPipeBuilder<ConsumeContext> builder) => builder.AddFilter(this);

    public IEnumerable<ValidationResult> Validate() => [];

    public void Probe(ProbeContext context) => context.CreateFilterScope("timerRows");
}
