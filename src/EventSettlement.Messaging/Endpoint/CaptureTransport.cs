using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Transports;
using MassTransit.Util;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>The end of MassTransit's send pipeline: the message in its wire form, kept in the batch.</summary>
internal sealed class CaptureTransport(Topology topology, BatchSession session, string topic) : ISendTransport
{
    public async Task<SendContext<T>> CreateSendContext<T>(
        T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken) where T : class
    {
        var context = new WireSendContext<T>(message, cancellationToken);
        await pipe.Send(context);
        return context;
    }

    public async Task Send<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken) where T : class
    {
        var context = new WireSendContext<T>(message, cancellationToken);
        await pipe.Send(context);
        var activity = LogContext.Current?.StartOutboxSendActivity(context);
        try
        {
            Capture(context);
        }
        finally
        {
            activity?.Stop();
        }
    }

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => new EmptyConnectHandle();

    private void Capture<T>(WireSendContext<T> context) where T : class
    {
        var inbound = session.Inbound?.Headers.Text ?? "";

        if (context.Headers.TryGetHeader(MessageHeaders.RedeliveryCount, out _))
            KeepTimer(context, RecordHeaders.Find(inbound, MessageHeaders.SchedulingTokenId));
        var message = new OutgoingMessage(
            topic, KeyOf(context), context.Body.GetBytes(),
            WireHeaders.Of(context, topology.Of(typeof(T)).Name, RecordHeaders.Find(inbound, WireHeaders.Traceparent)));
        var token = context.ScheduledMessageId ?? NewId.NextGuid();
        if (context.DueAt is { } due)
            session.Schedule(new ScheduledSend(token, due, null, message));
        else if (context.Delay is { } delay)
            session.Schedule(new ScheduledSend(token, null, delay, message));
        else
            session.Capture(message);
    }

    // A redelivery waits from now on, by the database's clock; the instant was made of this process's clock. And it is still
    // the same timer: MassTransit would give it a new token, which the saga ignores as stale.
    private static void KeepTimer<T>(WireSendContext<T> context, string? token) where T : class
    {
        context.DueAt = null;
        context.Delay ??= TimeSpan.Zero;
        if (token is null)
            return;
        context.ScheduledMessageId = Guid.Parse(token);
        context.Headers.Set(MessageHeaders.SchedulingTokenId, token);
    }

    // Timers and redeliveries carry no ids of their own, and a command id in a message would pass for its correlation id,
    // so what is sent while handling a record stays in that record's lane unless the handler says otherwise.
    private string? KeyOf<T>(WireSendContext<T> context) where T : class =>
        context.PartitionKey ?? session.InboundKey ?? (context.InitiatorId ?? context.CorrelationId)?.ToString("D");
}
