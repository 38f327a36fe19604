using EventSettlement.Messaging;

namespace EventSettlement.Payouts.Calls;

/// <summary>
/// The downstream as this process sees it: its client, its breaker, and how many calls are under way.
/// </summary>
internal sealed class MemberService(MemberServiceClient client, int maxItems, int maxInFlight) : IDisposable
{
    /// <summary>One downstream so far; its name stands in its topic and its clearing account.</summary>
    public const string Name = "member";

    private static readonly TimeSpan AnsweredLately = TimeSpan.FromMinutes(10);
    private readonly SemaphoreSlim _slots = new(maxInFlight);
    private readonly Breaker _breaker = new(failuresToOpen: 10, openFor: TimeSpan.FromSeconds(5));
    private long _answeredAt = TimeSpan.MinValue.Ticks;

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
    ) => Call(mayStillSend, c => client.Pay(RequestBody.Pay(items.Span), c), cancel);

    public Task<CallOutcome?> Lookup(
        ReadOnlyMemory<PayoutItem> items,
        Func<bool> mayStillSend,
        CancellationToken cancel
    ) => Call(mayStillSend, c => client.Lookup(RequestBody.Lookup(items.Span), c), cancel);

    public void Dispose()
    {
        _slots.Dispose();
        client.Dispose();
    }

    /// <summary>Null where the call may no longer leave when its turn has come.</summary>
    private async Task<CallOutcome?> Call(
        Func<bool> mayStillSend,
        Func<CancellationToken, Task<CallOutcome>> send,
        CancellationToken cancel
    )
    {
        await _slots.WaitAsync(cancel);
        try
        {
            if (!mayStillSend())
                return null;
            if (!_breaker.Allows(BootClock.Now))
                return new CallOutcome(CallKind.NotSent, "breaker_open", "The member service did not answer lately.");
            CrashPoint.Hit("K09");
            var outcome = await send(cancel);
            CrashPoint.Hit("K11");
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
