using EventSettlement.Contracts;

namespace EventSettlement.Settlements.Saga;

/// <summary>What follows from where the items stand.</summary>
public enum Verdict
{
    /// <summary>Nothing changes.</summary>
    Stay,
    Complete,
    RetryLater,
    Fail,
}

/// <summary>Why a command is not executed.</summary>
public sealed record Refusal(string Code, string Reason);

/// <summary>
/// The decisions of a settlement's life. State in, decision out: no clock, no I/O, nothing is changed here.
/// </summary>
public static class SettlementRules
{
    public static bool MayStart(Settlement s) => !s.Held && !s.Cancelling;

    public static bool AttemptEnded(Settlement s)
    {
        foreach (var part in s.Parts)
            if (part.Open)
                return false;
        return true;
    }

    /// <summary>A part with nothing left to pay is not sent again.</summary>
    public static bool IsToSend(PartCounts c, bool includeRejected) =>
        c.Pending > 0 || c.Failed > 0 || c.InDoubt > 0 || (includeRejected && c.Rejected > 0);

    public static bool HasToSend(Settlement s, bool includeRejected)
    {
        foreach (var part in s.Parts)
            if (IsToSend(part.Counts, includeRejected))
                return true;
        return false;
    }

    /// <summary>Every item is paid or written off.</summary>
    public static bool AllSettled(Settlement s)
    {
        foreach (var part in s.Parts)
            if (part.Counts.Paid + part.Counts.WrittenOff != part.Counts.Items)
                return false;
        return true;
    }

    /// <summary>Every part sent has answered.</summary>
    public static Verdict AfterAttempt(Settlement s)
    {
        if (AllSettled(s))
            return Verdict.Complete;
        return HasToSend(s, includeRejected: false) && s.RetriesLeft > 0 ? Verdict.RetryLater : Verdict.Fail;
    }

    /// <summary>Items changed outside an attempt while the settlement waits or has failed.</summary>
    public static Verdict AfterCorrection(Settlement s, bool awaitingRetry)
    {
        if (AllSettled(s))
            return Verdict.Complete;
        return awaitingRetry && !HasToSend(s, includeRejected: false) ? Verdict.Fail : Verdict.Stay;
    }

    /// <summary>
    /// When retry r (counted from the first) may start: its delay has passed, and so has the downstream's own wait.
    /// </summary>
    public static DateTimeOffset RetryAt(Settlement s, DateTimeOffset now, IReadOnlyList<TimeSpan> delays)
    {
        var retry = Math.Clamp(delays.Count - s.RetriesLeft, 0, delays.Count - 1);
        var byDelay = now + delays[retry];
        return s.NotBefore is { } wait && wait > byDelay ? wait : byDelay;
    }

    /// <exception cref="ArgumentException">The message speaks of another settlement than the one requested.</exception>
    public static bool IsNews(Settlement s, int part, int revision, PartCounts counts)
    {
        if (part < 0 || part >= s.Parts.Length)
            throw new ArgumentException($"settlement {s.CorrelationId} has no part {part}");
        if (counts.Items != s.Parts[part].Counts.Items)
            throw new ArgumentException(
                $"part {part} of settlement {s.CorrelationId} has "
                    + $"{s.Parts[part].Counts.Items} items, "
                    + $"not {counts.Items}"
            );
        return revision > s.Parts[part].Revision;
    }

    /// <summary>In FAILED and AWAITING_RETRY; elsewhere the state refuses.</summary>
    public static Refusal? ToRetry(Settlement s, bool includeRejected)
    {
        if (s.Held)
            return new Refusal("held", "the settlement is held; release it first");
        if (s.Cancelling)
            return new Refusal("cancelling", "a cancellation is being decided; ask again when it is answered");
        return HasToSend(s, includeRejected) ? null : NothingToRetry(s);
    }

    public static Refusal? ToCancel(Settlement s) =>
        s.Cancelling ? new Refusal("cancelling", "another cancellation is being decided") : null;

    public static Refusal ByState(string verb, Settlement s) =>
        new("refused_by_state", $"{verb} is not possible in {s.State}");

    public static Refusal NotFound(Guid id) => new("not_found", $"there is no settlement {id}");

    /// <summary>Retries a cycle are what was configured, so 1 + 3 attempts by default.</summary>
    public static int RetriesOf(IReadOnlyList<TimeSpan> delays) => delays.Count;

    private static Refusal NothingToRetry(Settlement s) =>
        new(
            "nothing_to_retry",
            s.Rejected > 0
                ? "only rejected items are left; ask with include-rejected to try them again"
                : "no item is left that a retry could pay"
        );
}
