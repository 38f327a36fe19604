namespace EventSettlement.StudyRefunds.Explain;

/// <summary>A settlement explained; every amount in minor units.</summary>
/// <param name="Text">The whole in a sentence.</param>
public sealed record Explanation(
    Guid SettlementId,
    string Programme,
    string Subject,
    string Period,
    string State,
    string Currency,
    long Amount,
    long PaidAmount,
    long Kept,
    long RunId,
    string Text,
    IReadOnlyList<ExplainedLine> Items
);

/// <summary>An item explained.</summary>
/// <param name="Text">Such as <c>24,000 = 30,000 − 2 absences × 3,000; fact at …; run …; paid as tx-… on …</c>.</param>
public sealed record ExplainedLine(int No, string Key, string MemberId, long Amount, string State, string Text);

/// <summary>What a request stands on.</summary>
internal sealed record ExplainedRequest(
    string Programme,
    string Subject,
    string Period,
    string Currency,
    long Amount,
    long Kept,
    int Items,
    string Policy,
    long Deposit,
    long Penalty,
    string Fact,
    long RunId,
    DateOnly? BusinessDate,
    DateTime CreatedAt,
    DateTime PayableAt,
    string State
);

/// <summary>What became of an item.</summary>
internal sealed record ExplainedItem(
    int No,
    string Key,
    string MemberId,
    long Amount,
    int Absences,
    string State,
    string? TransactionId,
    string? ErrorCode,
    string? ErrorMessage,
    DateTime? PaidAt,
    bool NeedsPerson
);
