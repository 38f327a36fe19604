using EventSettlement.Alerts;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Payouts;

/// <summary>What payouts calls a person for.</summary>
internal static class PayoutAlerts
{
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
