using EventSettlement.Contracts;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Payouts.Rows;

/// <summary>A cancel on its way: what stands against it, and what the downstream told of the items ever sent.</summary>
/// <param name="Traceparent">Of the message that asks; the answer goes on with it.</param>
internal sealed record Cancellation(
    CancelItems Asked,
    string? Traceparent,
    string? Stored,
    CancelRefusal? Refusal,
    IReadOnlyList<PayoutItem> EverSent
)
{
    /// <summary>Nothing stands against it so far: the downstream is asked.</summary>
    public bool Open => Stored is null && Refusal is null;

    /// <summary>A lookup could not leave, as the downstream must be stopped.</summary>
    public bool Unfinished => Open && EverSent.Any(i => !i.LookedUp && i.Outcome.State is null);
}

/// <summary>Why nothing is cancelled.</summary>
internal sealed record CancelRefusal(string Code, string Reason, DateTimeOffset? AskAgainAt = null);
