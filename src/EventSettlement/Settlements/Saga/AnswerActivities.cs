using EventSettlement.Contracts;
using EventSettlement.Messaging.Sagas;
using MassTransit;

namespace EventSettlement.Settlements.Saga;

using static SettlementRules;

/// <summary>
/// What payouts tells: counts are taken over only with a higher revision, whatever order they come in.
/// </summary>
internal static class AnswerActivities
{
    public static EventActivityBinder<Settlement, PartAnswered> TakeOver(
        this EventActivityBinder<Settlement, PartAnswered> source
    ) => source.Then(c => TakeOver(c, c.Message.Part, c.Message.Revision, c.Message.Counts));

    public static EventActivityBinder<Settlement, PartCorrected> TakeOver(
        this EventActivityBinder<Settlement, PartCorrected> source
    ) => source.Then(c => TakeOver(c, c.Message.Part, c.Message.Revision, c.Message.Counts));

    /// <summary>Only the answer of this attempt closes its part, whatever its revision.</summary>
    public static EventActivityBinder<Settlement, PartAnswered> ClosePart(
        this EventActivityBinder<Settlement, PartAnswered> source
    ) =>
        source.Change(
            (saga, answer) =>
            {
                if (answer.Attempt != saga.Attempt || !saga.Parts[answer.Part].Open)
                    return;
                saga.Parts = With(saga.Parts, answer.Part, saga.Parts[answer.Part] with { Open = false });
                if (answer.NotBefore is { } wait && (saga.NotBefore is null || wait > saga.NotBefore))
                    saga.NotBefore = wait;
            }
        );

    private static void TakeOver(BehaviorContext<Settlement> context, int part, int revision, PartCounts counts)
    {
        var saga = context.Saga;
        var unpaid = FailedSettlements.Unpaid(saga);
        TakeOver(saga, part, revision, counts);
        if (saga.State == SettlementStates.Failed && FailedSettlements.Unpaid(saga) is var left && left != unpaid)
            BatchSession.Of(context).Add(FailedSettlements.Less(saga, unpaid - left, isOver: false));
    }

    public static void TakeOver(Settlement saga, int part, int revision, PartCounts counts)
    {
        if (IsNews(saga, part, revision, counts))
            saga.Parts = With(saga.Parts, part, saga.Parts[part] with { Counts = counts, Revision = revision });
    }

    private static PartState[] With(PartState[] parts, int index, PartState part)
    {
        var changed = (PartState[])parts.Clone();
        changed[index] = part;
        return changed;
    }
}
