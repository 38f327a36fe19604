using System.Text;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using MassTransit;
using MassTransit.Context;
using MassTransit.Logging;
using MassTransit.Transports;
using MassTransit.Util;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>The end of MassTransit's send pipeline: the message in its wire form, kept in the batch.</summary>
internal sealed class CaptureTransport(Topology topology, BatchSession session, string topic) : ISendTransport
{
    public async Task<SendContext<T>> CreateSendContext<T>(
        T message,
        IPipe<SendContext<T>> pipe,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var context = new WireSendContext<T>(message, cancellationToken);
        await pipe.Send(context);
        return context;
    }

    public async Task Send<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class
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

    private void Capture<T>(WireSendContext<T> context)
        where T : class
    {
        var inbound = session.Inbound?.Headers.Text ?? "";

        // A redelivered timer is still that timer. MassTransit would give it a new token, which the saga ignores as
        // stale.
        if (
            context.Headers.TryGetHeader(MessageHeaders.RedeliveryCount, out _)
            && RecordHeaders.Find(inbound, MessageHeaders.SchedulingTokenId) is { } token
        )
        {
            context.ScheduledMessageId = Guid.Parse(token);
            context.Headers.Set(MessageHeaders.SchedulingTokenId, token);
        }

        var message = new OutgoingMessage(
            topic,
            KeyOf(context),
            context.Body.GetBytes(),
            WireHeaders.Build(
                context,
                topology.EntryFor(typeof(T)).Name,
                RecordHeaders.Find(inbound, WireHeaders.Traceparent)
            )
        );
        if (context.ScheduledMessageId is { } timer)
            session.Schedule(new ScheduledSend(timer, context.Delay ?? TimeSpan.Zero, message));
        else if (context.Delay is { } delay)
            session.Schedule(new ScheduledSend(NewId.NextGuid(), delay, message));
        else
            session.Capture(message);
    }

    // Timers and redeliveries carry no ids of their own, and a command id in a message would pass for its correlation
    // id, so what is sent while handling a record stays in that record's lane unless the handler says otherwise.
    private byte[]? KeyOf<T>(WireSendContext<T> context)
        where T : class
    {
        if (context.PartitionKey is null && session.Inbound?.Key is { } inbound)
            return inbound;
        var key = context.PartitionKey ?? (context.InitiatorId ?? context.CorrelationId)?.ToString("D");
        return key is null ? null : Encoding.UTF8.GetBytes(key);
    }
}

/// <summary>Lets a handler choose the key with <c>SetPartitionKey</c>.</summary>
internal sealed class WireSendContext<T>(T message, CancellationToken cancel)
    : MessageSendContext<T>(message, cancel),
        PartitionKeySendContext
    where T : class
{
    public string? PartitionKey { get; set; }
}
