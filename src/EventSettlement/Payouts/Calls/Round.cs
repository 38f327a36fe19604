namespace EventSettlement.Payouts.Calls;

/// <summary>
/// The calls on one claim. Sends items of many settlements together and leaves an outcome on each, or none where the
/// claim grew too old or the downstream must be stopped first.
/// </summary>
internal sealed class Round(Downstream downstream, TimeSpan claimedAt, TimeSpan claimDeadline, TimeSpan quietPeriod)
{
    // Enough to find an item among 500 by halving, and little beside asking for each where all are refused.
    private const int MostRefusedAlone = 10;
    private volatile CallOutcome? _stop;
    private volatile bool _late;

    /// <summary>The process is to end: calls under way are waited for, and none begins.</summary>
    public Func<bool> IsLeaving { get; init; } = () => false;

    /// <summary>Why the downstream must be stopped; null = no reason.</summary>
    public CallOutcome? Stop => _stop;

    /// <summary>The claim was too old for some items.</summary>
    public bool Late => _late;

    private TimeSpan ClaimLeft => claimDeadline - (BootClock.Now - claimedAt);

    /// <summary>Lookups without a claim behind them: they move no money, so they never come too late.</summary>
    public static Round OfLookups(Downstream downstream, TimeSpan quietPeriod) =>
        new(downstream, BootClock.Now, TimeSpan.MaxValue, quietPeriod);

    public async Task Pay(IReadOnlyList<PayoutItem> items, CancellationToken cancel)
    {
        var doubtful = items.Where(i => i.Doubtful).ToArray();
        if (doubtful.Length > 0)
            await LookUp(doubtful, cancel);
        var unsent = items.Where(i => i.Outcome.State is null && (!i.Doubtful || i.LookedUp)).ToArray();
        await Task.WhenAll(Calls(unsent).Select(call => Deliver(call, cancel)));
    }

    /// <summary>Asks by key what became of the items; those that were not credited keep no outcome.</summary>
    public Task LookUp(PayoutItem[] items, CancellationToken cancel) =>
        Task.WhenAll(Calls(items).Select(call => LookUpCall(call, new Halving(), cancel)));

    private IEnumerable<ReadOnlyMemory<PayoutItem>> Calls(PayoutItem[] items)
    {
        for (var start = 0; start < items.Length; start += downstream.MaxItems)
            yield return items.AsMemory(start, Math.Min(downstream.MaxItems, items.Length - start));
    }

    private bool MayStillSend()
    {
        if (ClaimLeft <= TimeSpan.Zero || IsLeaving())
            _late = true;
        return !_late && _stop is null;
    }

    private async Task LookUpCall(ReadOnlyMemory<PayoutItem> items, Halving halving, CancellationToken cancel)
    {
        for (var repeats = 0; ; repeats++)
        {
            var call = await downstream.Lookup(items, MayStillSend, cancel);
            if (call is null)
                return;
            switch (PayoutRules.After(call, repeats, ClaimLeft))
            {
                case Reaction.Read:
                    halving.Answered = true;
                    ReadLookup(call, items.Span);
                    return;
                case Reaction.Halve when items.Length > 1 && !halving.Hopeless:
                    await LookUpCall(items[..(items.Length / 2)], halving, cancel);
                    await LookUpCall(items[(items.Length / 2)..], halving, cancel);
                    return;
                case Reaction.RepeatLater:
                    await BootClock.Wait(PayoutRules.Wait(call), cancel);
                    continue;
                case Reaction.StopDownstream:
                    _stop = call;
                    return;
                default:
                    halving.RefusedAlone++;
                    foreach (var item in items.Span)
                        item.Outcome = PayoutRules.StillInDoubt("lookup_" + call.Code);
                    return;
            }
        }
    }

    private void ReadLookup(CallOutcome call, ReadOnlySpan<PayoutItem> items)
    {
        for (var i = 0; i < items.Length; i++)
        {
            items[i].LookedUp = true;
            items[i].Outcome = PayoutRules.LookedUp(call.Entries[i]);
            items[i].DoubtEnded = items[i].Outcome.State is null && items[i].DoubtAge >= quietPeriod;
        }
    }

    private async Task Deliver(ReadOnlyMemory<PayoutItem> items, CancellationToken cancel)
    {
        var alone = new List<(PayoutItem Item, CallOutcome Call)>();
        await Send(items, alone, cancel);
        if (alone.Count == 0)
            return;
        if (PayoutRules.NothingPassed(Tried(items.Span, alone.Count), alone.Count, downstream.AnswersOthers))
            _stop = alone[0].Call;
        else if (_stop is null && !_late)
            foreach (var (item, call) in alone)
                item.Outcome = PayoutRules.Poison(item, call);
    }

    /// <summary>
    /// Where the claim grew too old over it, those that were tried stand for all once they are many: to try each of 500
    /// could outlast every claim, and nobody would be told.
    /// </summary>
    private int Tried(ReadOnlySpan<PayoutItem> items, int refusedAlone)
    {
        if (!_late || refusedAlone < MostRefusedAlone)
            return items.Length;
        var tried = refusedAlone;
        foreach (var item in items)
            tried += item.Outcome.State is null ? 0 : 1;
        return tried;
    }

    private async Task Send(
        ReadOnlyMemory<PayoutItem> items,
        List<(PayoutItem, CallOutcome)> alone,
        CancellationToken cancel
    )
    {
        for (var repeats = 0; ; repeats++)
        {
            var call = await downstream.Pay(items, MayStillSend, cancel);
            if (call is null)
                return;
            switch (PayoutRules.After(call, repeats, ClaimLeft))
            {
                case Reaction.RepeatLater:
                    await BootClock.Wait(PayoutRules.Wait(call), cancel);
                    continue;
                case Reaction.Halve when items.Length == 1:
                    alone.Add((items.Span[0], call));
                    return;
                case Reaction.Halve:
                    await Send(items[..(items.Length / 2)], alone, cancel);
                    await Send(items[(items.Length / 2)..], alone, cancel);
                    return;
                case Reaction.StopDownstream:
                    _stop = call;
                    return;
                case var reaction:
                    Settle(items.Span, call, reaction);
                    return;
            }
        }
    }

    private static void Settle(ReadOnlySpan<PayoutItem> items, CallOutcome call, Reaction reaction)
    {
        for (var i = 0; i < items.Length; i++)
            items[i].Outcome = reaction switch
            {
                Reaction.Read => PayoutRules.Answered(items[i], call.Entries[i]),
                Reaction.Fail => PayoutRules.Failed(items[i], call),
                _ => PayoutRules.InDoubt(call.Code, call.Message),
            };
    }

    /// <summary>
    /// Where the first items are refused one by one and nothing was answered, the lookup itself is refused: asking for
    /// each of 500 could outlast the claim every time, and the part would never come to its end.
    /// </summary>
    private sealed class Halving
    {
        public bool Answered { get; set; }

        public int RefusedAlone { get; set; }

        public bool Hopeless => !Answered && RefusedAlone >= MostRefusedAlone;
    }
}
