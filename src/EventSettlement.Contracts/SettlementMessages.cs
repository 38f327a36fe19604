namespace EventSettlement.Contracts;

/// <summary>
/// Topic <c>settlements</c>: a request stands in the tables and is to be settled. Points, holds no items.
/// </summary>
/// <param name="Parts">By part number, from 0; items of amount 0 are counted as paid.</param>
/// <param name="PayableAt">UTC; not paid before.</param>
/// <param name="HoldReason">Why it begins held, until a person releases it; null = it is paid.</param>
public sealed record SettlementRequested(
    Guid SettlementId,
    string Programme,
    string Subject,
    string Period,
    long RunId,
    string Downstream,
    string Currency,
    DateTimeOffset PayableAt,
    DateTimeOffset RequestedAt,
    IReadOnlyList<PartCounts> Parts,
    string? HoldReason = null
);

/// <summary>Topic <c>settlements</c>: payouts has tried every unpaid item of a part.</summary>
/// <param name="Revision">Raised by every change of the part's items; only a higher one is taken over.</param>
/// <param name="NotBefore">UTC; the downstream's own Retry-After, when the next attempt must wait for it.</param>
public sealed record PartAnswered(
    Guid SettlementId,
    int Part,
    int Attempt,
    int Revision,
    PartCounts Counts,
    DateTimeOffset? NotBefore = null
);

/// <summary>
/// Topic <c>settlements</c>: items of a part changed outside an attempt (resolver, write-off, a person).
/// </summary>
/// <param name="Cause">Such as <c>doubt-resolved</c>, <c>written-off</c>, <c>resolved-paid</c>.</param>
public sealed record PartCorrected(
    Guid SettlementId,
    int Part,
    int Revision,
    PartCounts Counts,
    string Cause,
    string Actor
);

/// <summary>Timer on topic <c>settlements</c>: payable_at or the wait before a retry has passed.</summary>
public sealed record PayoutDue(Guid SettlementId);

/// <summary>Command on topic <c>settlements</c>: pay the unpaid items again with three new retries.</summary>
public sealed record RetrySettlement(Guid SettlementId, Guid CommandId, string Actor, bool IncludeRejected = false);

/// <summary>Command on topic <c>settlements</c>: pay nothing and reverse the creation.</summary>
public sealed record CancelSettlement(Guid SettlementId, Guid CommandId, string Actor, string Reason);

/// <summary>Command on topic <c>settlements</c>: start no further attempt.</summary>
public sealed record HoldSettlement(Guid SettlementId, Guid CommandId, string Actor, string? Reason = null);

/// <summary>Command on topic <c>settlements</c>: the end of a hold.</summary>
public sealed record ReleaseSettlement(Guid SettlementId, Guid CommandId, string Actor);

/// <summary>Topic <c>settlements</c>: what payouts answered to <see cref="CancelItems"/>.</summary>
/// <param name="Code">Why not, such as <c>already_paid</c>, <c>in_doubt</c>; null when cancelled.</param>
/// <param name="AskAgainAt">UTC; when a doubt may have ended.</param>
/// <param name="Parts">By part number with their revisions; empty when nothing was changed.</param>
public sealed record CancelItemsAnswered(
    Guid SettlementId,
    Guid CommandId,
    bool Cancelled,
    string? Code,
    string? Reason,
    DateTimeOffset? AskAgainAt,
    IReadOnlyList<PartRevision> Parts
);

/// <summary>A part's counts at a revision.</summary>
public sealed record PartRevision(int Part, int Revision, PartCounts Counts);
