using EventSettlement.Contracts;

namespace EventSettlement.Payouts;

/// <summary>How an attempt to end an item by hand came out.</summary>
/// <param name="Code">Null when done; <c>not_found</c>, or why not.</param>
/// <param name="AskAgainAt">When a refusal for doubt may have ended.</param>
public sealed record Resolution(string? Code, string? Reason = null, DateTimeOffset? AskAgainAt = null)
{
    public static readonly Resolution Done = new((string?)null);
    public static readonly Resolution Unknown = new("not_found", "There is no such item");

    public bool IsDone => Code is null;
}

/// <summary>An item and what stands around it.</summary>
/// <param name="DoubtEndsAt">Quiet period over; null without a doubt.</param>
internal sealed record StandingItem(
    string State,
    long Amount,
    bool NeedsPerson,
    DateTimeOffset? DoubtEndsAt,
    bool QuietOver,
    PaymentAccounts Accounts,
    string SettlementState
);

/// <summary>Which items a person may end, and when.</summary>
internal static class ResolutionRules
{
    public static Resolution? Paid(StandingItem item) =>
        Unpaid(item)
        ?? (
            item.SettlementState is SettlementStates.Failed or SettlementStates.AwaitingRetry
                ? null
                : new Resolution("settlement_state", $"The settlement is {item.SettlementState}; it must have failed")
        );

    public static Resolution? WriteOff(StandingItem item) =>
        Unpaid(item)
        ?? (
            item.SettlementState == SettlementStates.Failed
                ? null
                : new Resolution(
                    "settlement_state",
                    $"The settlement is {item.SettlementState}; only FAILED ones are written off"
                )
        )
        // Nobody asks for a person's case any more, so its doubt ends with the quiet period.
        ?? (
            item.DoubtEndsAt is null || item.NeedsPerson && item.QuietOver
                ? null
                : new Resolution("in_doubt", "A call for it may still take effect", item.DoubtEndsAt)
        );

    private static Resolution? Unpaid(StandingItem item) =>
        item.State is ItemStates.Failed or ItemStates.Rejected or ItemStates.InDoubt
            ? null
            : new Resolution("item_state", $"The item is {item.State}");
}
