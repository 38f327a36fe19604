namespace EventSettlement.Payouts.Calls;

/// <summary>
/// Opens after calls that got nowhere in a row, so that a dead downstream costs no waiting; then lets one call through
/// to see whether it lives again.
/// </summary>
internal sealed class Breaker(int failuresToOpen, TimeSpan openFor)
{
    private readonly Lock _lock = new();
    private int _failures;
    private TimeSpan _closedAgainAt;

    /// <param name="now">Of one monotonic clock in all calls.</param>
    public bool Allows(TimeSpan now)
    {
        lock (_lock)
        {
            if (_failures < failuresToOpen)
                return true;
            if (now < _closedAgainAt)
                return false;
            // This call is the probe; the next one waits for its end or another turn.
            _closedAgainAt = now + openFor;
            return true;
        }
    }

    public void Record(CallKind kind, TimeSpan now)
    {
        lock (_lock)
        {
            if (kind is not (CallKind.NotSent or CallKind.NoAnswer))
            {
                _failures = 0;
                return;
            }

            if (_failures < failuresToOpen)
                _failures++;
            if (_failures == failuresToOpen)
                _closedAgainAt = now + openFor;
        }
    }
}
