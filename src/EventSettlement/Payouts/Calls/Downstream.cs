using EventSettlement.Contracts;
using EventSettlement.Messaging;
using EventSettlement.Platform;

namespace EventSettlement.Payouts.Calls;

/// <summary>
/// One downstream as this process sees it: who pays, its breaker, and how many calls are under way. Its name stands in
/// its topic and its clearing accounts.
/// </summary>
internal sealed class Downstream(string name, IBulkPayer payer, int maxItems, int maxInFlight) : IDisposable
{
    private static readonly TimeSpan AnsweredLately = TimeSpan.FromMinutes(10);
    private readonly SemaphoreSlim _slots = new(maxInFlight);
    private readonly Breaker _breaker = new(failuresToOpen: 10, openFor: TimeSpan.FromSeconds(5));
    private long _answeredAt = TimeSpan.MinValue.Ticks;

    public string Name { get; } = name;

    public int MaxItems { get; } = maxItems;

    /// <summary>Whether any call was answered within the last ten minutes.</summary>
    public bool AnswersOthers =>
        Interlocked.Read(ref _answeredAt) is var at
        && at != TimeSpan.MinValue.Ticks
        && BootClock.Now.Ticks - at < AnsweredLately.Ticks;

    public Task<CallOutcome?> Pay(
        ReadOnlyMemory<PayoutItem> items,
        Func<bool> mayStillSend,
        CancellationToken cancel
    ) => Call(mayStillSend, payer.Pay, items, cancel);

    public Task<CallOutcome?> Lookup(
        ReadOnlyMemory<PayoutItem> items,
        Func<bool> mayStillSend,
        CancellationToken cancel
    ) => Call(mayStillSend, payer.Lookup, items, cancel);

    public void Dispose()
    {
        _slots.Dispose();
        payer.Dispose();
    }

    /// <summary>Null where the call may no longer leave when its turn has come.</summary>
    private async Task<CallOutcome?> Call(
        Func<bool> mayStillSend,
        Func<ReadOnlyMemory<PayoutItem>, CancellationToken, Task<CallOutcome>> send,
        ReadOnlyMemory<PayoutItem> items,
        CancellationToken cancel
    )
    {
        await _slots.WaitAsync(cancel);
        try
        {
            if (!mayStillSend())
                return null;
            if (!_breaker.Allows(BootClock.Now))
                return new CallOutcome(CallKind.NotSent, "breaker_open", $"{Name} did not answer lately.");
            CrashPoint.Hit(SettlementCrashPoints.SendingRecorded);
            var outcome = await send(items, cancel);
            CrashPoint.Hit(SettlementCrashPoints.AnswerArrived);
            var now = BootClock.Now;
            _breaker.Record(outcome.Kind, now);
            if (outcome.Kind == CallKind.Answered)
                Interlocked.Exchange(ref _answeredAt, now.Ticks);
            return outcome;
        }
        finally
        {
            _slots.Release();
        }
    }
}

/// <summary>The downstreams that this process pays through.</summary>
internal sealed class DownstreamList(IEnumerable<Downstream> downstreams) : IDisposable
{
    private readonly Dictionary<string, Downstream> _byName = downstreams.ToDictionary(d => d.Name);

    public IEnumerable<Downstream> All => _byName.Values;

    public Downstream Of(string name) => _byName[name];

    public void Dispose()
    {
        foreach (var downstream in _byName.Values)
            downstream.Dispose();
    }
}
