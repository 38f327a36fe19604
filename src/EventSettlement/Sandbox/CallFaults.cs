namespace EventSettlement.Sandbox;

/// <summary>Misbehaviour of whole calls.</summary>
internal sealed class CallFaults(FaultSwitch switches)
{
    private readonly HashSet<string> _droppedOnce = new(StringComparer.Ordinal);
    private readonly Random _random = new(switches.Now.Seed);
    private readonly Lock _lock = new();

    /// <summary>Before anything is done. False: the call is over.</summary>
    public async Task<bool> Before(HttpContext http, bool lookup)
    {
        var faults = switches.Now;
        if (faults.LatencyMs > 0)
            await Task.Delay(faults.LatencyMs, http.RequestAborted);
        if (lookup && !faults.Lookups)
            return true;
        if (switches.Dead)
            await Never(http);
        if (Drawn(faults.DropRequest))
        {
            http.Abort();
            return false;
        }

        if (!Drawn(faults.Refuse))
            return true;
        http.Response.StatusCode = faults.Status;
        if (faults.RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return false;
    }

    /// <summary>After the credits are made. False: no answer leaves.</summary>
    public async Task<bool> After(HttpContext http, bool lookup)
    {
        var faults = switches.Now;
        if (lookup && !faults.Lookups)
            return true;
        if (switches.Mute)
            await Never(http);
        if (Drawn(faults.Late))
            await Task.Delay(faults.LateMs, http.RequestAborted);
        if (!Drawn(faults.DropAnswer))
            return true;
        http.Abort();
        return false;
    }

    /// <summary>Spoils the answer as the switches say.</summary>
    public void Spoil(List<CreditResult> results, IReadOnlyList<CreditRequest> asked)
    {
        var faults = switches.Now;
        LeaveOutDropped(results, asked);
        if (results.Count == 0)
            return;
        if (Drawn(faults.WrongAmount))
            Change(results, r => r with { Amount = (r.Amount ?? 0) + 1 });
        if (Drawn(faults.Twice))
            results.Add(results[Next(results.Count)]);
        if (Drawn(faults.LeaveOut))
            results.RemoveAt(Next(results.Count));
        if (Drawn(faults.Add))
            results.Add(new("00000000-0000-0000-0000-000000000000-1:1", CreditResult.Credited, "tx-000000000"));
        if (Drawn(faults.Shuffle))
            lock (_lock)
                _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(results));
    }

    private void LeaveOutDropped(List<CreditResult> results, IReadOnlyList<CreditRequest> asked)
    {
        for (var i = asked.Count - 1; i >= 0; i--)
            if (MagicMembers.AnswerDropped(asked[i].MemberId))
                lock (_lock)
                    if (_droppedOnce.Add(asked[i].Key))
                        results.RemoveAt(i);
    }

    private void Change(List<CreditResult> results, Func<CreditResult, CreditResult> change)
    {
        var place = Next(results.Count);
        results[place] = change(results[place]);
    }

    private static Task Never(HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted);

    private int Next(int below)
    {
        lock (_lock)
            return _random.Next(below);
    }

    private bool Drawn(double share)
    {
        if (share <= 0)
            return false;
        lock (_lock)
            return _random.NextDouble() < share;
    }
}
