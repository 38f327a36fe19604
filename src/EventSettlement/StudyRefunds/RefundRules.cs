namespace EventSettlement.StudyRefunds;

/// <summary>What a member gets back: refund = max(0, deposit − absences × penalty), exact.</summary>
public static class RefundRules
{
    /// <summary>The policy's version; a change of the formula is a new number.</summary>
    public const string Version = "study-refund/1";

    /// <param name="deposit">Won, ≥ 0.</param>
    /// <param name="penalty">Won an absence, ≥ 0.</param>
    public static long Refund(long deposit, long penalty, int absences)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deposit);
        ArgumentOutOfRangeException.ThrowIfNegative(penalty);
        ArgumentOutOfRangeException.ThrowIfNegative(absences);
        var refund = deposit - ((Int128)absences * penalty);
        return refund > 0 ? (long)refund : 0;
    }

    /// <summary>What is not given back: forfeited income.</summary>
    public static long Kept(long deposit, long penalty, int absences) => deposit - Refund(deposit, penalty, absences);

    public static string Policy(long deposit, long penalty) =>
        FormattableString.Invariant($"{Version} deposit={deposit} penalty={penalty}");
}
