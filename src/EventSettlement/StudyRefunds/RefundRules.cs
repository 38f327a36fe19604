namespace EventSettlement.StudyRefunds;

/// <summary>What a member gets back: refund = max(0, deposit − absences × penalty), exact. Pure.</summary>
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
}
