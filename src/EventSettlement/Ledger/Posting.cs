namespace EventSettlement.Ledger;

/// <summary>One ledger transaction: a list of lines that sum to zero, an account at most once.</summary>
/// <param name="Kind">See <see cref="PostingKinds"/>.</param>
/// <param name="Reference">See <see cref="References"/>.</param>
public sealed record Posting
{
    private Posting(Guid settlementId, string kind, string reference, string currency, IReadOnlyList<Line> lines) =>
        (SettlementId, Kind, Reference, Currency, Lines) = (settlementId, kind, reference, currency, lines);

    public Guid SettlementId { get; }
    public string Kind { get; }
    public string Reference { get; }
    public string Currency { get; }
    public IReadOnlyList<Line> Lines { get; }

    /// <summary>Lines of zero are left out.</summary>
    /// <exception cref="InvalidOperationException">The lines are none, do not sum to zero, or an account is named
    /// twice: nothing of it may be written.</exception>
    public static Posting Of(
        Guid settlementId,
        string kind,
        string reference,
        string currency,
        params ReadOnlySpan<Line> lines
    )
    {
        var kept = new List<Line>(lines.Length);
        long sum = 0;
        foreach (var line in lines)
        {
            sum += line.Amount;
            if (line.Amount == 0)
                continue;
            if (kept.Exists(other => other.Account == line.Account))
                throw Wrong(kind, reference, $"{line.Account} is named twice");
            kept.Add(line);
        }

        return kept.Count == 0 ? throw Wrong(kind, reference, "it has no lines")
            : sum != 0 ? throw Wrong(kind, reference, FormattableString.Invariant($"it is off by {sum} {currency}"))
            : new Posting(settlementId, kind, reference, currency, kept);
    }

    /// <summary>What undoes it exactly.</summary>
    public Posting Reverse(string kind) =>
        new(SettlementId, kind, Reference, Currency, [.. Lines.Select(line => line with { Amount = -line.Amount })]);

    private static InvalidOperationException Wrong(string kind, string reference, string what) =>
        new($"the {kind} posting of {reference} is wrong: {what}");
}

/// <summary>Debit &gt; 0, credit &lt; 0, in minor units.</summary>
public readonly record struct Line(string Account, long Amount);

/// <summary>What moves money.</summary>
public static class PostingKinds
{
    public const string Creation = "creation";
    public const string Payment = "payment";
    public const string LatePayment = "late-payment";
    public const string WriteOff = "write-off";
    public const string Cancel = "cancel";

    /// <summary>What a cancelled settlement owed is carried over to a later one.</summary>
    public const string CarryOver = "carry-over";
}

/// <summary>What a ledger transaction stands for.</summary>
public static class References
{
    public static string Settlement(Guid settlementId) => settlementId.ToString("D");

    public static string Part(Guid settlementId, int part, int attempt) => $"{settlementId:D}/{part}/{attempt}";

    public static string Item(Guid settlementId, int no) => $"{settlementId:D}#{no}";
}
