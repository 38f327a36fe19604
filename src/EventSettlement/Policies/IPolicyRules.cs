namespace EventSettlement.Policies;

/// <summary>
/// What a programme with policies gives; registered in its slice as a service. Which version is in force on a day, and
/// what comes of it, is the programme's own.
/// </summary>
public interface IPolicyRules
{
    /// <summary>As in its <c>ProgrammeTerms</c>.</summary>
    string Programme { get; }

    /// <summary>Pure; a document is read with <see cref="PolicyDocument"/>.</summary>
    /// <param name="effectiveFrom">The first day in Asia/Seoul; says nothing where there are mistakes.</param>
    /// <returns>Every mistake; none = it can be put.</returns>
    IReadOnlyList<PolicyMistake> Check(string json, out DateOnly effectiveFrom);

    /// <summary>
    /// What the document would change beside the versions that there are. Nothing is written. No other put of this
    /// programme comes in between, and the request behind it ends after 30 s.
    /// </summary>
    /// <param name="json">One without mistakes.</param>
    Task<PolicyEffect> Compare(string json, CancellationToken cancel);
}

/// <summary>A rule that a document breaks.</summary>
/// <param name="Pointer">RFC 6901, into the document; empty is the whole of it.</param>
/// <param name="Rule">A sentence; never holds a value of the document.</param>
public sealed record PolicyMistake(string Pointer, string Rule);

/// <summary>What a policy would change: some tens of sentences that name the period and give amounts.</summary>
/// <param name="Settled">Of settled periods; refused unless the policy corrects.</param>
/// <param name="Open">Of the open period.</param>
public sealed record PolicyEffect(IReadOnlyList<string> Settled, IReadOnlyList<string> Open);
