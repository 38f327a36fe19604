using EventSettlement.Contracts;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using MassTransit;

namespace EventSettlement.Settlements.Saga;

using static SettlementRules;

/// <summary>What operators ask: effect and answer leave in one transaction.</summary>
internal static class CommandActivities
{
    public static bool IsUnanswered<T>(BehaviorContext<Settlement, T> context)
        where T : class
    {
        var id = SettlementCommand.Read(context.Message).Id;
        return !context.Saga.AnsweredCommands.Contains(id)
            && !(context.Saga.Cancelling && context.Saga.CancelCommand == id);
    }

    /// <summary>
    /// False for a settlement that this very batch created: its commands' answers were not read with it, so an earlier
    /// "not found" could be unknown here. The command came before the settlement was there, and is told so.
    /// </summary>
    public static bool ExistedBefore<T>(BehaviorContext<Settlement, T> context)
        where T : class => context.Saga.CreatedAt != BatchSession.Of(context).Now;

    public static void RefuseUnknown<T>(ConsumeContext<T> context)
        where T : class
    {
        var command = SettlementCommand.Read(context.Message);
        Answer(BatchSession.Of(context), command, NotFound(command.SettlementId));
    }

    public static EventActivityBinder<Settlement, T> RefuseUnknown<T>(this EventActivityBinder<Settlement, T> source)
        where T : class => source.Refuse(c => NotFound(c.Saga.CorrelationId));

    public static EventActivityBinder<Settlement, T> RefuseByState<T>(this EventActivityBinder<Settlement, T> source)
        where T : class => source.Refuse(c => ByState(SettlementCommand.Read(c.Message).VerbName, c.Saga));

    public static EventActivityBinder<Settlement, RetrySettlement> RetryOrRefuse(
        this EventActivityBinder<Settlement, RetrySettlement> source,
        SettlementStateMachine machine
    ) =>
        source.IfElse(
            c => ToRetry(c.Saga, c.Message.IncludeRejected) is null,
            retry =>
                retry
                    .Done()
                    .Change((saga, _) => saga.RetriesLeft = RetriesOf(machine.Options.RetryDelays(saga.Programme)))
                    .StartAttempt(machine),
            not => not.Refuse(c => ToRetry(c.Saga, c.Message.IncludeRejected)!)
        );

    public static EventActivityBinder<Settlement, HoldSettlement> Hold(
        this EventActivityBinder<Settlement, HoldSettlement> source
    ) => source.Change((saga, _) => saga.Held = true).Note("hold").Done();

    public static EventActivityBinder<Settlement, ReleaseSettlement> Release(
        this EventActivityBinder<Settlement, ReleaseSettlement> source,
        SettlementStateMachine machine
    ) =>
        source
            .If(c => c.Saga.Held, held => held.Change((saga, _) => saga.Held = false).Note("release"))
            .RepeatTimerThatCame(machine)
            .Done();

    /// <summary>Answered when payouts has answered; until then nothing starts.</summary>
    public static EventActivityBinder<Settlement, CancelSettlement> AskPayoutsToCancel(
        this EventActivityBinder<Settlement, CancelSettlement> source
    ) =>
        source.IfElse(
            c => ToCancel(c.Saga) is null,
            ask =>
                ask.Change(
                        (saga, cancel) =>
                        {
                            saga.Cancelling = true;
                            saga.CancelCommand = cancel.CommandId;
                        }
                    )
                    .Note("cancel-asked")
                    .ThenAsync(AskPayouts),
            not => not.Refuse(c => ToCancel(c.Saga)!)
        );

    public static bool IsAwaited(BehaviorContext<Settlement, CancelItemsAnswered> context) =>
        context.Saga.Cancelling && context.Saga.CancelCommand == context.Message.CommandId;

    public static EventActivityBinder<Settlement, CancelItemsAnswered> CancelOrGoOn(
        this EventActivityBinder<Settlement, CancelItemsAnswered> source,
        SettlementStateMachine machine
    ) =>
        source.IfElse(
            c => c.Message.Cancelled,
            cancelled =>
                cancelled
                    .Unschedule(machine.PayoutDue)
                    .Change(
                        (saga, answer) =>
                        {
                            foreach (var part in answer.Parts)
                                AnswerActivities.TakeOver(saga, part.Part, part.Revision, part.Counts);
                            saga.Cancelling = false;
                            AttemptActivities.End(saga);
                        }
                    )
                    .Enter(machine.Cancelled)
                    .Done(),
            refused => refused.GiveUpCancelling(machine)
        );

    public static EventActivityBinder<Settlement, CancelItemsAnswered> GiveUpCancelling(
        this EventActivityBinder<Settlement, CancelItemsAnswered> source,
        SettlementStateMachine machine
    ) =>
        source
            .Change((saga, _) => saga.Cancelling = false)
            .Note("cancel-refused")
            .Refuse(c => new Refusal(c.Message.Code ?? "cancel_refused", ReasonOf(c.Message)))
            .RepeatTimerThatCame(machine);

    private static EventActivityBinder<Settlement, T> RepeatTimerThatCame<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source.If(
            c => c.Saga.Due && MayStart(c.Saga),
            came =>
                came.Change((saga, _) => saga.Due = false)
                    .Schedule(machine.PayoutDue, c => new PayoutDue(c.Saga.CorrelationId), _ => TimeSpan.Zero)
        );

    private static EventActivityBinder<Settlement, T> Done<T>(this EventActivityBinder<Settlement, T> source)
        where T : class => source.Then(c => AnswerOnce(c, null));

    private static EventActivityBinder<Settlement, T> Refuse<T>(
        this EventActivityBinder<Settlement, T> source,
        Func<BehaviorContext<Settlement, T>, Refusal> why
    )
        where T : class => source.Then(c => AnswerOnce(c, why(c)));

    private static void AnswerOnce<T>(BehaviorContext<Settlement, T> context, Refusal? refusal)
        where T : class
    {
        var command = SettlementCommand.Read(context.Message);
        context.Saga.AnsweredCommands = [.. context.Saga.AnsweredCommands, command.Id];
        Answer(BatchSession.Of(context), command, refusal);
    }

    private static void Answer(BatchSession session, SettlementCommand command, Refusal? refusal) =>
        session.Add(
            new CommandAnswer(
                command.Id,
                command.SettlementId,
                command.VerbName,
                command.Actor,
                refusal?.Code,
                refusal?.Reason,
                session.Now
            )
        );

    private static string ReasonOf(CancelItemsAnswered answer)
    {
        var reason = answer.Reason ?? "payouts refused";
        return answer.AskAgainAt is { } at
            ? $"{reason}; ask again at {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"
            : reason;
    }

    private static async Task AskPayouts(BehaviorContext<Settlement, CancelSettlement> context)
    {
        var payouts = await context.GetSendEndpoint(TopicAddress.Of(Topics.Payouts(context.Saga.Downstream)));
        var cancel = context.Message;
        await payouts.Send(new CancelItems(cancel.SettlementId, cancel.CommandId, cancel.Actor, cancel.Reason));
    }
}
