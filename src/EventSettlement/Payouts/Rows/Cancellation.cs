using EventSettlement.Contracts;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Payouts.Rows;

/// <summary>A cancel on its way: what stands against it, and what the downstream told of the items ever sent.</summary>
internal sealed record Cancellation(
    CancelItems Asked, string? Stored, CancelRefusal? Refusal, IReadOnlyList<PayoutItem> EverSent)
{
    /// <summary>A lookup could not leave: the claim was too old, or the downstream is stopped.</summary>
    public bool Unfinished => Stored is null && Refusal is null
        && EverSent.Any(i => !i.LookedUp && i.Outcome.State is null);
}

/// <summary>Why nothing is cancelled.</summary>
internal sealed record CancelRefusal(string Code, string Reason, DateTimeOffset? AskAgainAt = null);
