using System.Globalization;
using EventSettlement.Contracts;

namespace EventSettlement.Settlements.Saga;

/// <summary>Why a settlement moved and who caused it, as its history tells it.</summary>
internal readonly record struct HistoryCause(string Cause, string Actor, string? Reason)
{
    public static HistoryCause Find(object message, string to, Settlement saga) =>
        message switch
        {
            SettlementRequested => to switch
            {
                SettlementStates.Pending => new(
                    "requested",
                    "planner",
                    string.Create(CultureInfo.InvariantCulture, $"run {saga.RunId}")
                ),
                SettlementStates.Completed => new("nothing-to-pay", "saga", null),
                _ => new("payable", "saga", null),
            },
            PayoutDue => new(saga.Attempt == 1 ? "payable" : "retry-due", "timer", null),
            PartAnswered => new("attempt-answered", "payouts", CountsOf(saga)),
            PartCorrected m => new(m.Cause, m.Actor, CountsOf(saga)),
            RetrySettlement m => new("retry", m.Actor, m.IncludeRejected ? "rejected items too" : null),
            CancelItemsAnswered m => new("cancelled", "payouts", m.Reason),
            _ => throw new ArgumentException($"{message.GetType().Name} moves no settlement"),
        };

    public static string CountsOf(Settlement s)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{s.Paid} of {s.Items} paid");
        foreach (
            var (count, what) in new[]
            {
                (s.Failed, "failed"),
                (s.Rejected, "rejected"),
                (s.InDoubt, "in doubt"),
                (s.WrittenOff, "written off"),
                (s.NeedsPerson, "need a person"),
            }
        )
            if (count > 0)
                text += string.Create(CultureInfo.InvariantCulture, $", {count} {what}");
        return text;
    }
}
