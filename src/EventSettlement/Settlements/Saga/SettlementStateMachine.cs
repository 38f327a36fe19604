using EventSettlement.Contracts;
using MassTransit;

namespace EventSettlement.Settlements.Saga;

/// <summary>
/// The life of a settlement, as a table: what happens to it in each state, one verb a line. Every event is written down
/// in every state, because messages come late, twice and in any order. What the verbs do
/// stands in the files …Activities, what they decide in <see cref="SettlementRules"/>.
/// </summary>
public sealed class SettlementStateMachine : MassTransitStateMachine<Settlement>
{
    public SettlementStateMachine(SettlementOptions options)
    {
        Options = options;
        Declare();
        UntilAnAttemptEnds();
        UntilItIsSettled();
        Afterwards();
    }

    public SettlementOptions Options { get; }

    // Read-only properties over State(name), so that a state is called in tables and traces as it is in SETTLEMENT.md.
    public State Pending => State(SettlementStates.Pending);
    public State Processing => State(SettlementStates.Processing);
    public State AwaitingRetry => State(SettlementStates.AwaitingRetry);
    public State Failed => State(SettlementStates.Failed);
    public State Completed => State(SettlementStates.Completed);
    public State Cancelled => State(SettlementStates.Cancelled);

    public Event<SettlementRequested> Requested { get; } = null!;
    public Schedule<Settlement, PayoutDue> PayoutDue { get; } = null!;
    public Event<PartAnswered> PartAnswered { get; } = null!;
    public Event<PartCorrected> PartCorrected { get; } = null!;
    public Event<RetrySettlement> Retry { get; } = null!;
    public Event<CancelSettlement> Cancel { get; } = null!;
    public Event<HoldSettlement> Hold { get; } = null!;
    public Event<ReleaseSettlement> Release { get; } = null!;
    public Event<CancelItemsAnswered> CancelAnswered { get; } = null!;

    private void UntilAnAttemptEnds()
    {
        Initially(
            When(Requested)
                .Create(this)
                .IfElse(
                    c => SettlementRules.AllSettled(c.Saga),
                    nothingToPay => nothingToPay.Complete(this),
                    owed =>
                        owed.IfElse(
                            AttemptActivities.IsPayableNow,
                            now => now.StartWhenAllowed(this),
                            later => later.WaitUntilPayable(this)
                        )
                )
        );

        During(
            Pending,
            Ignore(Requested),
            When(PayoutDue.Received).StartWhenAllowed(this),
            When(PartAnswered).TakeOver(),
            When(PartCorrected).TakeOver(),
            Once(Retry, retry => retry.RefuseByState()),
            Once(Cancel, cancel => cancel.AskPayoutsToCancel()),
            Once(Hold, hold => hold.Hold()),
            Once(Release, release => release.Release(this)),
            When(CancelAnswered, CommandActivities.IsAwaited).CancelOrGoOn(this)
        );

        During(
            Processing,
            Ignore(Requested),
            Ignore(PayoutDue.Received),
            When(PartAnswered)
                .TakeOver()
                .ClosePart()
                .If(c => SettlementRules.AttemptEnded(c.Saga), ended => ended.DecideAfterAttempt(this)),
            When(PartCorrected).TakeOver(),
            Once(Retry, retry => retry.RefuseByState()),
            Once(Cancel, cancel => cancel.RefuseByState()),
            Once(Hold, hold => hold.Hold()),
            Once(Release, release => release.Release(this)),
            Ignore(CancelAnswered)
        );
    }

    private void UntilItIsSettled()
    {
        During(
            AwaitingRetry,
            Ignore(Requested),
            When(PayoutDue.Received).StartWhenAllowed(this),
            When(PartAnswered).TakeOver().DecideAfterCorrection(this),
            When(PartCorrected).TakeOver().DecideAfterCorrection(this),
            Once(Retry, retry => retry.RetryOrRefuse(this)),
            Once(Cancel, cancel => cancel.AskPayoutsToCancel()),
            Once(Hold, hold => hold.Hold()),
            Once(Release, release => release.Release(this)),
            When(CancelAnswered, CommandActivities.IsAwaited).CancelOrGoOn(this)
        );

        During(
            Failed,
            Ignore(Requested),
            Ignore(PayoutDue.Received),
            When(PartAnswered).TakeOver().DecideAfterCorrection(this),
            When(PartCorrected).TakeOver().DecideAfterCorrection(this),
            Once(Retry, retry => retry.RetryOrRefuse(this)),
            Once(Cancel, cancel => cancel.AskPayoutsToCancel()),
            Once(Hold, hold => hold.Hold()),
            Once(Release, release => release.Release(this)),
            When(CancelAnswered, CommandActivities.IsAwaited).CancelOrGoOn(this)
        );
    }

    private void Afterwards()
    {
        // A cancellation may still be asked here: a late answer completed the settlement meanwhile, so payouts refuses.
        During(
            Completed,
            Ignore(Requested),
            Ignore(PayoutDue.Received),
            When(PartAnswered).TakeOver(),
            When(PartCorrected).TakeOver(),
            Once(Retry, retry => retry.RefuseByState()),
            Once(Cancel, cancel => cancel.RefuseByState()),
            Once(Hold, hold => hold.RefuseByState()),
            Once(Release, release => release.RefuseByState()),
            When(CancelAnswered, CommandActivities.IsAwaited).GiveUpCancelling(this)
        );

        During(
            Cancelled,
            Ignore(Requested),
            Ignore(PayoutDue.Received),
            When(PartAnswered).TakeOver(),
            When(PartCorrected).TakeOver(),
            Once(Retry, retry => retry.RefuseByState()),
            Once(Cancel, cancel => cancel.RefuseByState()),
            Once(Hold, hold => hold.RefuseByState()),
            Once(Release, release => release.RefuseByState()),
            Ignore(CancelAnswered)
        );
    }

    private void Declare()
    {
        InstanceState(x => x.State);
        // Asking for a state declares it, and a timer binds to declared ones only.
        foreach (var name in SettlementStates.All)
            State(name);
        Schedule(
            () => PayoutDue,
            saga => saga.TimerToken,
            timer =>
                timer.Received = e =>
                {
                    e.CorrelateById(m => m.Message.SettlementId);
                    e.OnMissingInstance(m => m.Fault());
                }
        );
        Event(() => Requested, e => e.CorrelateById(m => m.Message.SettlementId));
        Event(() => PartAnswered, e => Existing(e.CorrelateById(m => m.Message.SettlementId)));
        Event(() => PartCorrected, e => Existing(e.CorrelateById(m => m.Message.SettlementId)));
        Event(() => CancelAnswered, e => Existing(e.CorrelateById(m => m.Message.SettlementId)));
        Event(() => Retry, e => Answered(e.CorrelateById(m => m.Message.SettlementId)));
        Event(() => Cancel, e => Answered(e.CorrelateById(m => m.Message.SettlementId)));
        Event(() => Hold, e => Answered(e.CorrelateById(m => m.Message.SettlementId)));
        Event(() => Release, e => Answered(e.CorrelateById(m => m.Message.SettlementId)));
    }

    /// <summary>An answer to nothing is parked, never dropped.</summary>
    private static void Existing<T>(IEventCorrelationConfigurator<Settlement, T> e)
        where T : class => e.OnMissingInstance(m => m.Fault());

    private static void Answered<T>(IEventCorrelationConfigurator<Settlement, T> e)
        where T : class => e.OnMissingInstance(m => m.Execute(CommandActivities.RefuseUnknown));

    /// <summary>A command that has its answer is never executed again.</summary>
    private EventActivityBinder<Settlement, T> Once<T>(
        Event<T> command,
        Func<EventActivityBinder<Settlement, T>, EventActivityBinder<Settlement, T>> verbs
    )
        where T : class =>
        When(command, CommandActivities.IsUnanswered)
            .IfElse(CommandActivities.ExistedBefore, verbs, unknown => unknown.RefuseUnknown());
}
