using System.Globalization;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using MassTransit;

namespace EventSettlement.Settlements.Saga;

/// <summary>
/// What is written down of each step: history, the run's progress, the event for the world, the alert.
/// </summary>
internal static class RecordActivities
{
    private static readonly Uri Events = TopicAddress.Of(Topics.SettlementEvents);

    /// <summary>Moves to a state, and nothing moves without it.</summary>
    public static EventActivityBinder<Settlement, T> Enter<T>(this EventActivityBinder<Settlement, T> source, State to)
        where T : class => source.ThenAsync(context => WriteDown(context, to.Name)).TransitionTo(to);

    /// <summary>A line of history without a move.</summary>
    public static EventActivityBinder<Settlement, T> Note<T>(
        this EventActivityBinder<Settlement, T> source,
        string cause
    )
        where T : class =>
        source.Then(context =>
        {
            var (saga, command) = (context.Saga, SettlementCommand.Read(context.Message));
            AddHistory(context, saga.State, cause, command.Actor, command.Reason);
        });

    /// <summary>As an operator's hold stands there.</summary>
    public static EventActivityBinder<Settlement, SettlementRequested> NoteHold(
        this EventActivityBinder<Settlement, SettlementRequested> source
    ) => source.Then(c => AddHistory(c, c.Saga.State, "hold", "planner", c.Message.HoldReason));

    public static EventActivityBinder<Settlement, T> RaiseAlert<T>(this EventActivityBinder<Settlement, T> source)
        where T : class => source.Then(context => BatchSession.Of(context).Add(FailedSettlements.Alert(context.Saga)));

    private static async Task WriteDown<T>(BehaviorContext<Settlement, T> context, string to)
        where T : class
    {
        var (saga, session) = (context.Saga, BatchSession.Of(context));
        var why = HistoryCause.Find(context.Message, to, saga);
        AddHistory(context, to, why.Cause, why.Actor, why.Reason);
        if (saga.Seq > 1)
            session.Add(new RunProgressed(saga.RunId, session.Partition, saga.State, -1, -saga.Items, -saga.Amount));
        if (saga.State == SettlementStates.Failed)
            session.Add(FailedSettlements.Less(saga, FailedSettlements.Unpaid(saga), isOver: true));
        session.Add(new RunProgressed(saga.RunId, session.Partition, to, 1, saga.Items, saga.Amount));
        await PublishEvent(context, to, session.Now);
    }

    private static void AddHistory(
        BehaviorContext<Settlement> context,
        string to,
        string cause,
        string actor,
        string? reason
    )
    {
        var (saga, session) = (context.Saga, BatchSession.Of(context));
        saga.Seq++;
        saga.UpdatedAt = session.Now;
        session.Add(
            new HistoryRow(
                saga.CorrelationId,
                saga.Seq,
                saga.Seq == 1 ? null : saga.State,
                to,
                cause,
                actor,
                reason,
                saga.Attempt,
                session.Now
            )
        );
    }

    private static async Task PublishEvent(BehaviorContext<Settlement> context, string to, DateTimeOffset now)
    {
        var saga = context.Saga;
        var message = new SettlementEvent(
            saga.CorrelationId,
            saga.Programme,
            saga.Subject,
            saga.Period,
            to,
            saga.Currency,
            saga.Amount,
            saga.PaidAmount,
            saga.Attempt,
            saga.NextRetryAt,
            saga.Seq
        );
        var events = await context.GetSendEndpoint(Events);
        await events.Send(
            message,
            send =>
            {
                send.Headers.Set(
                    "ce_id",
                    string.Create(CultureInfo.InvariantCulture, $"{saga.CorrelationId:D}-{saga.Seq}")
                );
                send.Headers.Set("content-type", "application/json");
                send.Headers.Set("ce_specversion", "1.0");
                send.Headers.Set("ce_type", TypeOf(to));
                send.Headers.Set("ce_source", "/eventsettlement/settlements");
                send.Headers.Set(
                    "ce_time",
                    now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
                );
            }
        );
    }

    private static string TypeOf(string state) =>
        state switch
        {
            SettlementStates.Pending => SettlementEventTypes.Requested,
            SettlementStates.Processing => SettlementEventTypes.Processing,
            SettlementStates.AwaitingRetry => SettlementEventTypes.RetryScheduled,
            SettlementStates.Completed => SettlementEventTypes.Completed,
            SettlementStates.Failed => SettlementEventTypes.Failed,
            SettlementStates.Cancelled => SettlementEventTypes.Cancelled,
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state of a settlement"),
        };
}
