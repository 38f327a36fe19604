using EventSettlement.Programmes;

namespace EventSettlement.Settlements.Explain;

/// <summary>A settlement explained; every amount in minor units.</summary>
/// <param name="Text">The whole in a sentence.</param>
/// <param name="Lines">What the amount is made of.</param>
public sealed record Explanation(
    Guid SettlementId,
    string Programme,
    string Subject,
    string Period,
    string State,
    string Currency,
    long Amount,
    long PaidAmount,
    long RunId,
    string Text,
    IReadOnlyList<ReasonLine> Lines,
    IReadOnlyList<ExplainedLine> Items
);

/// <summary>An item explained.</summary>
/// <param name="Text">Such as <c>24,000 = 30,000 − 6,000; fact at …; run …; paid as tx-… on …</c>.</param>
public sealed record ExplainedLine(int No, string Key, string MemberId, long Amount, string State, string Text);

/// <summary>A request and how far it is.</summary>
internal sealed record ExplainedRequest(
    string Programme,
    OwedDocument Document,
    long RunId,
    DateOnly? BusinessDate,
    DateTime PayableAt,
    string State,
    string? HoldReason
);

/// <summary>What became of an item.</summary>
internal sealed record ExplainedItem(
    int No,
    string MemberId,
    long Amount,
    string State,
    string? TransactionId,
    string? ErrorCode,
    string? ErrorMessage,
    DateTime? PaidAt,
    bool NeedsPerson
);
