using EventSettlement.Contracts;
using EventSettlement.Messaging;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using MassTransit;

namespace EventSettlement.Settlements.Saga;

using static SettlementRules;

/// <summary>
/// What the table's lines about attempts do: creating, attempts and their ends. Effects are rows and messages of the
/// batch.
/// </summary>
internal static class AttemptActivities
{
    public static bool IsPayableNow(BehaviorContext<Settlement, SettlementRequested> context) =>
        context.Message.PayableAt <= BatchSession.Of(context).Now;

    public static EventActivityBinder<Settlement, SettlementRequested> Create(
        this EventActivityBinder<Settlement, SettlementRequested> source,
        SettlementStateMachine machine
    ) =>
        source
            .Then(context =>
            {
                var (saga, requested) = (context.Saga, context.Message);
                saga.Programme = requested.Programme;
                saga.Subject = requested.Subject;
                saga.Period = requested.Period;
                saga.RunId = requested.RunId;
                saga.Downstream = requested.Downstream;
                saga.Currency = requested.Currency;
                saga.PayableAt = requested.PayableAt;
                saga.Held = requested.HoldReason is not null;
                saga.RetriesLeft = RetriesOf(machine.Options.RetryDelays(saga.Programme));
                saga.Parts = [.. requested.Parts.Select(counts => new PartState(counts, Revision: 0, Open: false))];
                saga.CreatedAt = BatchSession.Of(context).Now;
            })
            .Enter(machine.Pending)
            .If(c => c.Saga.Held, held => held.NoteHold());

    public static EventActivityBinder<Settlement, T> StartWhenAllowed<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source.IfElse(
            c => MayStart(c.Saga),
            due => due.UseRetry(machine).StartAttempt(machine),
            waits => waits.Change((saga, _) => saga.Due = true)
        );

    /// <summary>One PayPart for each part with something left to pay.</summary>
    public static EventActivityBinder<Settlement, T> StartAttempt<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source
            .Unschedule(machine.PayoutDue)
            .Change(
                (saga, message) =>
                {
                    saga.Due = false;
                    saga.NextRetryAt = null;
                    saga.NotBefore = null;
                    saga.Attempt++;
                    saga.IncludeRejected = message is RetrySettlement { IncludeRejected: true };
                    saga.Parts = Array.ConvertAll(
                        saga.Parts,
                        p => p with { Open = IsToSend(p.Counts, saga.IncludeRejected) }
                    );
                }
            )
            .Enter(machine.Processing)
            .ThenAsync(PayOpenParts)
            .Then(_ => CrashPoint.Hit(SettlementCrashPoints.AttemptStarted))
            .If(c => AttemptEnded(c.Saga), nothingLeft => nothingLeft.DecideAfterAttempt(machine));

    // Told as a wait, which is added to the database's clock: an instant would be held against this process's clock.
    public static EventActivityBinder<Settlement, T> WaitUntilPayable<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source.Schedule(
            machine.PayoutDue,
            c => new PayoutDue(c.Saga.CorrelationId),
            c => c.Saga.PayableAt - BatchSession.Of(c).Now
        );

    public static EventActivityBinder<Settlement, T> DecideAfterAttempt<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source.IfElse(
            c => AfterAttempt(c.Saga) == Verdict.Complete,
            paid => paid.Complete(machine),
            unpaid =>
                unpaid.IfElse(
                    c => AfterAttempt(c.Saga) == Verdict.RetryLater,
                    some => some.WaitForRetry(machine),
                    none => none.Fail(machine)
                )
        );

    public static EventActivityBinder<Settlement, T> DecideAfterCorrection<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source.IfElse(
            c => Corrected(c.Saga, machine) == Verdict.Complete,
            settled => settled.Complete(machine),
            open => open.If(c => Corrected(c.Saga, machine) == Verdict.Fail, lost => lost.Fail(machine))
        );

    public static EventActivityBinder<Settlement, T> WaitForRetry<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source
            .Then(c =>
                c.Saga.NextRetryAt = RetryAt(
                    c.Saga,
                    BatchSession.Of(c).Now,
                    machine.Options.RetryDelays(c.Saga.Programme)
                )
            )
            .Enter(machine.AwaitingRetry)
            .Schedule(
                machine.PayoutDue,
                c => new PayoutDue(c.Saga.CorrelationId),
                c => c.Saga.NextRetryAt!.Value - BatchSession.Of(c).Now
            );

    public static EventActivityBinder<Settlement, T> Complete<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source
            .Unschedule(machine.PayoutDue)
            .Change((saga, _) => End(saga))
            .Enter(machine.Completed)
            .Then(_ => CrashPoint.Hit(SettlementCrashPoints.SettlementCompleted));

    public static EventActivityBinder<Settlement, T> Fail<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source
            .Unschedule(machine.PayoutDue)
            .Change(
                (saga, _) =>
                {
                    saga.Due = false;
                    saga.NextRetryAt = null;
                }
            )
            .Enter(machine.Failed)
            .RaiseAlert();

    public static EventActivityBinder<Settlement, T> Change<T>(
        this EventActivityBinder<Settlement, T> source,
        Action<Settlement, T> change
    )
        where T : class =>
        source.Then(context =>
        {
            change(context.Saga, context.Message);
            context.Saga.UpdatedAt = BatchSession.Of(context).Now;
        });

    /// <summary>A retry is used up by the timer, not by an operator; the first attempt is none.</summary>
    private static EventActivityBinder<Settlement, T> UseRetry<T>(
        this EventActivityBinder<Settlement, T> source,
        SettlementStateMachine machine
    )
        where T : class =>
        source.If(
            c => c.Saga.State == machine.AwaitingRetry.Name,
            retry => retry.Change((saga, _) => saga.RetriesLeft--)
        );

    public static void End(Settlement saga)
    {
        saga.Due = false;
        saga.Held = false;
        saga.NextRetryAt = null;
    }

    private static Verdict Corrected(Settlement saga, SettlementStateMachine machine) =>
        AfterCorrection(saga, awaitingRetry: saga.State == machine.AwaitingRetry.Name);

    private static async Task PayOpenParts<T>(BehaviorContext<Settlement, T> context)
        where T : class
    {
        var saga = context.Saga;
        var payouts = await context.GetSendEndpoint(TopicAddress.Of(Topics.Payouts(saga.Downstream)));
        for (var part = 0; part < saga.Parts.Length; part++)
            if (saga.Parts[part].Open)
                await payouts.Send(new PayPart(saga.CorrelationId, part, saga.Attempt, saga.IncludeRejected));
    }
}
