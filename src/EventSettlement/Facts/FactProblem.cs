namespace EventSettlement.Facts;

/// <summary>A rule that a body breaks.</summary>
/// <param name="Code">What operators group by; the values stand in <see cref="FactCodes"/>.</param>
/// <param name="Pointer">JSON pointer to the field at fault; empty is the whole body.</param>
/// <param name="Rule">The rule in a sentence; never holds a value of the body.</param>
public sealed record FactProblem(string Code, string Pointer, string Rule);

/// <summary>What is wrong with a body, in the order in which it was found.</summary>
/// <param name="most">How many are kept.</param>
public sealed class FactProblems(int most = FactProblems.Most)
{
    /// <summary>
    /// The first problems tell what is wrong; a body of broken rows shall not fill the table of parked ones.
    /// </summary>
    public const int Most = 20;

    private readonly List<FactProblem> _found = [];

    public IReadOnlyList<FactProblem> Found => _found;

    public bool None => _found.Count == 0;

    /// <summary>The body could not be read to its end, so nothing more can be said of its fields.</summary>
    public bool IsUnread { get; private init; }

    internal static FactProblems Unread(string code, string rule)
    {
        var problems = new FactProblems { IsUnread = true };
        problems.Add(code, "", rule);
        return problems;
    }

    public void Add(string code, string pointer, string rule)
    {
        if (_found.Count < most)
            _found.Add(new FactProblem(code, pointer, rule));
    }
}

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
    public const string TooLate = "too_late";
    public const string Conflicting = "conflicting_fact";
    public const string UnknownField = "unknown_field";
    public const string ExceedsLine = "exceeds_line";
}
