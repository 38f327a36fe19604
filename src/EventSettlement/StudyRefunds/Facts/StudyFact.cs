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

/// <summary>A rule that a body breaks.</summary>
/// <param name="Code">What operators group by; the values stand in <see cref="FactCodes"/>.</param>
/// <param name="Pointer">JSON pointer to the field at fault; empty is the whole body.</param>
/// <param name="Rule">The rule in a sentence; never holds a value of the body.</param>
public sealed record FactProblem(string Code, string Pointer, string Rule);

/// <summary>Either a fact or at least one problem.</summary>
public sealed record DecodedFact(StudyFact? Fact, IReadOnlyList<FactProblem> Problems);

/// <summary>Why a body is no fact.</summary>
public static class FactCodes
{
    public const string NullBody = "null_body";
    public const string TooLarge = "too_large";
    public const string Malformed = "malformed";
    public const string TooDeep = "too_deep";
    public const string DuplicateKey = "duplicate_key";
    public const string Missing = "missing_field";
    public const string WrongType = "wrong_type";
    public const string NotInteger = "not_integer";
    public const string OutOfRange = "out_of_range";
    public const string BadText = "bad_text";
    public const string BadTime = "bad_time";
    public const string WrongCurrency = "wrong_currency";
    public const string DuplicateMember = "duplicate_member";
    public const string Conflicting = "conflicting_fact";
}
