using EventSettlement.Contracts;

namespace EventSettlement.Settlements;

/// <summary>
/// What every command has, whatever it asks; the answer to CancelItems stands for the command that asked.
/// </summary>
internal sealed record SettlementCommand(Guid Id, Guid SettlementId, string Verb, string Actor, string? Reason)
{
    public static SettlementCommand Of(object message) =>
        message switch
        {
            RetrySettlement m => new(
                m.CommandId,
                m.SettlementId,
                "retry",
                m.Actor,
                m.IncludeRejected ? "rejected items too" : null
            ),
            CancelSettlement m => new(m.CommandId, m.SettlementId, "cancel", m.Actor, m.Reason),
            HoldSettlement m => new(m.CommandId, m.SettlementId, "hold", m.Actor, m.Reason),
            ReleaseSettlement m => new(m.CommandId, m.SettlementId, "release", m.Actor, null),
            CancelItemsAnswered m => new(m.CommandId, m.SettlementId, "cancel", "payouts", m.Reason),
            _ => throw new ArgumentException($"{message.GetType().Name} is no command"),
        };
}
