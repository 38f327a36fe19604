using EventSettlement.Contracts;

namespace EventSettlement.Tests.Settlements;

/// <summary>Messages about one settlement of two parts with two items each, 100 won an item.</summary>
internal static class Messages
{
    public static readonly DateTimeOffset Past = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static PartCounts Counts(
        int pending = 0,
        int paid = 0,
        int failed = 0,
        int rejected = 0,
        int doubt = 0,
        int writtenOff = 0,
        int person = 0,
        int cancelled = 0
    ) =>
        new(
            pending,
            paid,
            failed,
            rejected,
            doubt,
            writtenOff,
            person,
            cancelled,
            100 * (pending + paid + failed + rejected + doubt + writtenOff + person + cancelled),
            100 * paid
        );

    public static SettlementRequested Requested(Guid id, DateTimeOffset? payableAt = null, params PartCounts[] parts) =>
        new(
            id,
            "study-refund",
            "S-1",
            "once",
            7,
            "member",
            "KRW",
            payableAt ?? Past,
            Past,
            parts.Length == 0 ? [Counts(pending: 2), Counts(pending: 2)] : parts
        );

    public static PartAnswered Answered(
        Guid id,
        int part,
        int attempt,
        int revision,
        PartCounts counts,
        DateTimeOffset? notBefore = null
    ) => new(id, part, attempt, revision, counts, notBefore);

    public static PartCorrected Corrected(Guid id, int part, int revision, PartCounts counts) =>
        new(id, part, revision, counts, "doubt-resolved", "resolver");
}
