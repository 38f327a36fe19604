namespace EventSettlement.Sandbox;

/// <summary>Refusals of single items by the switches; remembers how often a key has failed.</summary>
internal sealed class ItemFaults(FaultSwitch switches)
{
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);

    /// <summary>Called under the book's lock.</summary>
    public CreditResult? Refusal(CreditRequest one)
    {
        var faults = switches.Now;
        if (faults.Hits(faults.Reject, one.Key, 1))
            return new(one.Key, CreditResult.Rejected, Code: "rejected_by_switch");
        return faults.Hits(faults.Fail, one.Key, 2) && MagicMembers.Failed(_failures, one.Key) <= faults.FailTimes
            ? new(one.Key, CreditResult.Failed, Code: "failed_by_switch")
            : null;
    }
}

/// <summary>The faults in force, and since when.</summary>
internal sealed class FaultSwitch(Faults first, TimeProvider clock)
{
    private volatile State _state = new(first, clock.GetTimestamp());

    public Faults Now => _state.Faults;

    public bool Dead => Within(_state.Faults.DeadMs);

    public bool Mute => Within(_state.Faults.MuteMs);

    public void Set(Faults faults) => _state = new State(faults, clock.GetTimestamp());

    private bool Within(int milliseconds) =>
        clock.GetElapsedTime(_state.Since) < TimeSpan.FromMilliseconds(milliseconds);

    private sealed record State(Faults Faults, long Since);
}
