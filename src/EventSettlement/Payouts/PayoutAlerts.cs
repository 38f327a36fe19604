using EventSettlement.Alerts;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Payouts;

/// <summary>What payouts calls a person for.</summary>
internal static class PayoutAlerts
{
    /// <summary>Over when a person has ended each of the settlement's items that need one.</summary>
    public static readonly AlertHealing OtherAmountHealing = new(
        "amount_mismatch",
        """
        NOT EXISTS (SELECT FROM settlement_item i
            WHERE i.settlement_id = split_part(cause, ' ', 2)::uuid AND i.needs_person AND i.state = 'IN_DOUBT')
        """
    );

    /// <summary>Code of an answer, or of one entry in it, that says nothing that can be used.</summary>
    public const string Unreadable = "answer_unreadable";

    /// <summary>Told again with each such answer.</summary>
    public static readonly AlertHealing UnreadableHealing = AlertHealing.WhenQuiet(Unreadable);

    /// <param name="seen">What came instead; null = an entry without what it needs.</param>
    public static Alert UnreadableAnswer(string downstream, string? seen) =>
        new(
            $"downstream {downstream} {Unreadable}",
            Unreadable,
            $"{downstream} answered what cannot be read: {AnswerFields.Short(seen, 300) ?? "an entry is not whole"}",
            "Its items are in doubt and are looked up. Compare what it sends with docs/contracts/member-service.md."
        );

    public static Alert OtherAmount(Guid settlementId, int part, int items, long amount, string currency) =>
        new(
            $"settlement {settlementId:D} part {part} amount_mismatch",
            "amount_mismatch",
            $"The member service answered with another amount or currency for {items} item(s) of {settlementId:D}.",
            "Ask the member service what it credited, then: settle item resolve ID --paid TX | --write-off REASON",
            amount,
            currency,
            items
        );

    public static Alert Stopped(string downstream, CallOutcome call) =>
        new(
            StoppedCause(downstream),
            "downstream_stopped",
            $"{downstream} refused a whole call ({call.Code} {call.Message}); payouts to it wait.",
            $"Set right what it refuses (address, key, contract), then: settle downstream resume {downstream}"
        );

    public static string StoppedCause(string downstream) => $"downstream {downstream} stopped";
}
