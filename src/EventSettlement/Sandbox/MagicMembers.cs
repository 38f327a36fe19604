using System.Globalization;

namespace EventSettlement.Sandbox;

/// <summary>
/// Member ids that misbehave for demonstrations, without any switch:
/// <list type="bullet">
/// <item><c>M-CLOSED-*</c> is rejected with <c>member_closed</c>, always.</item>
/// <item><c>M-FAILn-*</c> (n = 1…9) fails n times with <c>try_later</c> and is then credited.</item>
/// <item><c>M-NEVER-*</c> fails always.</item>
/// <item><c>M-DROP-*</c> is credited, but the first answer about it is left out.</item>
/// </list>
/// </summary>
internal sealed class MagicMembers
{
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);

    public CreditResult? Refusal(CreditRequest one)
    {
        if (!one.MemberId.StartsWith("M-", StringComparison.Ordinal))
            return null;
        if (one.MemberId.StartsWith("M-CLOSED-", StringComparison.Ordinal))
            return new(one.Key, CreditResult.Rejected, Code: "member_closed", Message: "The member has left");
        if (one.MemberId.StartsWith("M-NEVER-", StringComparison.Ordinal))
            return new(one.Key, CreditResult.Failed, Code: "try_later");
        return FailsFirst(one.MemberId) is var times and > 0 && Failed(_failures, one.Key) <= times
            ? new(one.Key, CreditResult.Failed, Code: "try_later")
            : null;
    }

    public static bool AnswerDropped(string memberId) => memberId.StartsWith("M-DROP-", StringComparison.Ordinal);

    /// <summary>Counts this failure.</summary>
    internal static int Failed(Dictionary<string, int> failures, string key)
    {
        var times = failures.GetValueOrDefault(key) + 1;
        failures[key] = times;
        return times;
    }

    private static int FailsFirst(string memberId) =>
        memberId.Length > 8
        && memberId.StartsWith("M-FAIL", StringComparison.Ordinal)
        && memberId[7] == '-'
        && char.IsAsciiDigit(memberId[6])
            ? int.Parse(memberId.AsSpan(6, 1), CultureInfo.InvariantCulture)
            : 0;
}
