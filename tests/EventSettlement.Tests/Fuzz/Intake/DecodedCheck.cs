using System.Numerics;
using EventSettlement.Facts;
using EventSettlement.StudyRefunds;
using EventSettlement.StudyRefunds.Facts;

namespace EventSettlement.Tests.Fuzz.Intake;

/// <summary>What the decoder said against what a plain reading of the rules says.</summary>
internal static class DecodedCheck
{
    private static readonly HashSet<string> Codes =
    [
        .. typeof(FactCodes).GetFields().Select(f => (string)f.GetRawConstantValue()!),
    ];

    /// <returns>What is wrong, or null.</returns>
    public static string? Of(DecodedStudy decoded, PlainReading rules)
    {
        var told = decoded.Problems.Select(p => (p.Code, p.Pointer)).ToHashSet();
        if (decoded.Fact is { } fact)
            return decoded.Problems.Count > 0 ? "taken with problems"
                : rules.Problems.Count > 0 ? $"taken, though {Listed(rules.Problems)}"
                : Content(fact, rules);
        if (rules.Problems.Count == 0)
            return $"refused for {Listed(told)}, though no rule is broken";
        if (decoded.Problems.Count > FactProblems.Most)
            return $"{decoded.Problems.Count} problems are told";
        if (Spoken(decoded.Problems) is { } unclear)
            return unclear;
        var right = rules.KeysStandTwice
            ? told.Any(p => p.Code == FactCodes.DuplicateKey) || told.Count == FactProblems.Most
            : told.IsSubsetOf(rules.Problems)
                && (told.Count == rules.Problems.Count || decoded.Problems.Count == FactProblems.Most);
        return right ? null : $"told {Listed(told)}; broken is {Listed(rules.Problems)}";
    }

    /// <summary>What is taken has a key, or none, or says that it cannot have one.</summary>
    public static string? Keys(byte[] body)
    {
        foreach (var pointer in (string[])["/x", "/participants/0/memberId", "/participants/-1", "/", "/x/y/2"])
            if (FactKey.TryFind(body, pointer, out var key) && (key?.Length > 1_000 || key?.Contains('\0') is true))
                return $"the key at {pointer} cannot be kept";
        return null;
    }

    /// <summary>What a person can act on, a row can keep and a terminal can show.</summary>
    private static string? Spoken(IReadOnlyList<FactProblem> problems)
    {
        foreach (var (code, pointer, rule) in problems)
            if (!Codes.Contains(code))
                return $"{code} is no code";
            else if (pointer.Length > 0 && pointer[0] != '/')
                return $"{pointer} is no pointer";
            else if (rule.Length is < 10 or > 120)
                return $"'{rule}' is no rule";
            else if ((pointer + rule).Any(c => char.IsControl(c) || char.IsSurrogate(c)))
                return $"{pointer}: {rule} has characters that cannot be kept or shown";
        return null;
    }

    private static string? Content(StudyFact fact, PlainReading rules)
    {
        if (
            fact.StudyId != rules.Study
            || fact.CompletedAt != rules.At
            || fact.Currency != "KRW"
            || fact.Deposit != rules.Deposit
            || fact.Penalty != rules.Penalty
        )
            return $"taken as {fact}";
        if (!fact.Members.SequenceEqual(rules.Absences.Keys.Order(StringComparer.Ordinal)))
            return "other members were taken";
        if (!fact.Members.Select(m => rules.Absences[m]).SequenceEqual(fact.Absences))
            return "other absences were taken";
        foreach (var absences in fact.Absences)
            if (
                RefundRules.Refund(fact.Deposit, fact.Penalty, absences)
                != BigInteger.Max(0, fact.Deposit - ((BigInteger)absences * fact.Penalty))
            )
                return $"{fact.Deposit} − {absences} × {fact.Penalty} is refunded wrongly";
        return fact.Digest.Length == 32 ? null : "the digest has not 32 bytes";
    }

    private static string Listed(IEnumerable<(string Code, string Pointer)> problems) =>
        string.Join(", ", problems.Take(8).Select(p => $"{p.Code} at '{p.Pointer}'"));
}
