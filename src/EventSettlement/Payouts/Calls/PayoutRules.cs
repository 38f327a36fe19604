namespace EventSettlement.Payouts.Calls;

/// <summary>What to do about a call that has ended.</summary>
internal enum Reaction
{
    /// <summary>Read the answer, key by key.</summary>
    Read,
    Fail,
    Doubt,
    RepeatLater,
    Halve,
    StopDownstream,
}

/// <summary>From how a call ended to what its items become. No I/O, no clock.</summary>
internal static class PayoutRules
{
    public const int MaxRepeats = 3;
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);

    public static CallKind KindOf(int status) =>
        status switch
        {
            200 => CallKind.Answered,
            429 or 503 => CallKind.Throttled,
            400 or 413 or 422 => CallKind.BadRequest,
            401 or 403 or 404 or 405 or 415 or (>= 300 and < 400) => CallKind.Misconfigured,
            _ => CallKind.NoAnswer,
        };

    /// <param name="repeats">How often this call was repeated for now.</param>
    /// <param name="claimLeft">How long the claim may still be sent; a wait beyond it ends the attempt instead.</param>
    public static Reaction After(CallOutcome call, int repeats, TimeSpan claimLeft) =>
        call.Kind switch
        {
            CallKind.Answered => Reaction.Read,
            CallKind.NotSent => Reaction.Fail,
            CallKind.Throttled => Wait(call) <= MaxWait && repeats < MaxRepeats && Wait(call) < claimLeft
                ? Reaction.RepeatLater
                : Reaction.Fail,
            CallKind.BadRequest => Reaction.Halve,
            CallKind.Misconfigured => Reaction.StopDownstream,
            _ => Reaction.Doubt,
        };

    public static TimeSpan Wait(CallOutcome call) => call.RetryAfter ?? DefaultWait;

    public static ItemOutcome Failed(PayoutItem item, CallOutcome call) =>
        new(ItemStates.Failed, call.Code, call.Message, Doubt: Known(item), RetryAfter: call.RetryAfter);

    public static ItemOutcome InDoubt(string code, string? message = null) =>
        new(ItemStates.InDoubt, code, message, Doubt: DoubtChange.Set);

    /// <summary>The one item that a downstream cannot take, found by halving.</summary>
    public static ItemOutcome Poison(PayoutItem item, CallOutcome call) =>
        new(ItemStates.Rejected, call.Code, call.Message, Doubt: Known(item));

    /// <summary>
    /// A call of several that fail one by one tells of the downstream, not of the items. One item alone tells
    /// nothing of itself, unless others were answered meanwhile.
    /// </summary>
    public static bool NothingPassed(int items, int failedAlone, bool othersAnswered) =>
        failedAlone == items && (items > 1 || !othersAnswered);

    public static ItemOutcome Answered(PayoutItem item, AnswerEntry entry) =>
        entry switch
        {
            { OtherAmount: true } => OtherAmount(entry),
            { Status: AnswerStatus.Credited } => Paid(entry),
            { Status: AnswerStatus.Rejected } => new(
                ItemStates.Rejected,
                entry.Code ?? "rejected",
                entry.Message,
                Doubt: Known(item)
            ),
            { Status: AnswerStatus.Failed } => new(
                ItemStates.Failed,
                entry.Code ?? "failed",
                entry.Message,
                Doubt: Known(item)
            ),
            { Status: AnswerStatus.Missing } => InDoubt("answer_missing"),
            { Status: AnswerStatus.Doubled } => InDoubt("answer_doubled"),
            _ => InDoubt(PayoutAlerts.Unreadable, entry.Message),
        };

    /// <summary>
    /// What a lookup decides: paid, a person's case, doubt as before; or no state where it may be sent (again).
    /// </summary>
    public static ItemOutcome LookedUp(AnswerEntry entry) =>
        entry switch
        {
            { OtherAmount: true } => OtherAmount(entry),
            { Status: AnswerStatus.Credited } => Paid(entry),
            { Status: AnswerStatus.Rejected or AnswerStatus.Unknown } => default,
            _ => StillInDoubt("lookup_unreadable"),
        };

    public static ItemOutcome StillInDoubt(string code) => new(ItemStates.InDoubt, code);

    private static ItemOutcome Paid(AnswerEntry entry) =>
        new(ItemStates.Paid, TransactionId: entry.TransactionId, Doubt: DoubtChange.Clear);

    // A credit of another amount is final, so no later lookup can tell more: the doubt is a person's now.
    private static ItemOutcome OtherAmount(AnswerEntry entry) =>
        new(
            ItemStates.InDoubt,
            "amount_mismatch",
            "The downstream answered with another amount or currency.",
            entry.TransactionId,
            entry.Status == AnswerStatus.Credited ? DoubtChange.Clear : DoubtChange.Keep,
            NeedsPerson: true
        );

    private static DoubtChange Known(PayoutItem item) => item.DoubtEnded ? DoubtChange.Clear : DoubtChange.Keep;
}
