using EventSettlement.Contracts;
using EventSettlement.Messaging.Outgoing;

namespace EventSettlement.Settlements;

/// <summary>What can be asked of a settlement.</summary>
public enum SettlementVerb
{
    Retry,
    Cancel,
    Hold,
    Release,
}

/// <summary>What is asked of a settlement, whoever asks it.</summary>
/// <param name="Id">Of the intention: asked again with the same id it is the same command.</param>
/// <param name="Reason">Of a cancellation always, of a hold where one is given.</param>
/// <param name="IncludeRejected">Of a retry: rejected items are paid again too.</param>
public sealed record SettlementCommand(
    Guid Id,
    Guid SettlementId,
    SettlementVerb Verb,
    string Actor,
    string? Reason = null,
    bool IncludeRejected = false
)
{
    public string VerbName => NameOf(Verb);

    /// <summary>As the tables, histories and the interface spell it.</summary>
    public static string NameOf(SettlementVerb verb) => verb.ToString().ToLowerInvariant();

    /// <summary>
    /// What every command has, whatever it asks; the answer to CancelItems stands for the command that asked.
    /// </summary>
    /// <exception cref="ArgumentException">The message asks nothing.</exception>
    internal static SettlementCommand Read(object message) =>
        message switch
        {
            RetrySettlement m => new(
                m.CommandId,
                m.SettlementId,
                SettlementVerb.Retry,
                m.Actor,
                IncludeRejected: m.IncludeRejected
            ),
            CancelSettlement m => new(m.CommandId, m.SettlementId, SettlementVerb.Cancel, m.Actor, m.Reason),
            HoldSettlement m => new(m.CommandId, m.SettlementId, SettlementVerb.Hold, m.Actor, m.Reason),
            ReleaseSettlement m => new(m.CommandId, m.SettlementId, SettlementVerb.Release, m.Actor),
            CancelItemsAnswered m => new(m.CommandId, m.SettlementId, SettlementVerb.Cancel, "payouts", m.Reason),
            _ => throw new ArgumentException($"{message.GetType().Name} is no command"),
        };

#pragma warning disable CS8524 // Without a default arm the compiler names the verb that has no message.
    internal OutgoingMessage ToMessage(Topology topology)
    {
        var key = SettlementId.ToString("D");
        return Verb switch
        {
            SettlementVerb.Retry => topology.Message(
                key,
                new RetrySettlement(SettlementId, Id, Actor, IncludeRejected)
            ),
            SettlementVerb.Cancel => topology.Message(key, new CancelSettlement(SettlementId, Id, Actor, Reason ?? "")),
            SettlementVerb.Hold => topology.Message(key, new HoldSettlement(SettlementId, Id, Actor, Reason)),
            SettlementVerb.Release => topology.Message(key, new ReleaseSettlement(SettlementId, Id, Actor)),
        };
    }
#pragma warning restore CS8524
}
