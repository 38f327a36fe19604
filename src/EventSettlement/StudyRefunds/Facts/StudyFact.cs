using EventSettlement.Facts;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>A completed study, checked against every rule of the topic <c>study-completed</c>.</summary>
/// <param name="CompletedAt">UTC, cut to whole microseconds: what the database can hold is what the digest
/// covers.</param>
/// <param name="Deposit">A member's, in won.</param>
/// <param name="Penalty">An absence's, in won.</param>
/// <param name="Members">In ordinal order.</param>
/// <param name="Absences">By the index of <paramref name="Members"/>.</param>
/// <param name="Places">Where each of <paramref name="Members"/> stood in the body.</param>
/// <param name="Digest">SHA-256 of the content, whatever the order, offset or unknown fields of the body.</param>
public sealed record StudyFact(
    string StudyId,
    DateTime CompletedAt,
    string Currency,
    long Deposit,
    long Penalty,
    string[] Members,
    int[] Absences,
    int[] Places,
    byte[] Digest
);

/// <summary>Either a fact or at least one problem.</summary>
public sealed record DecodedStudy(StudyFact? Fact, IReadOnlyList<FactProblem> Problems);
