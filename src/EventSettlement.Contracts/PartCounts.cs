namespace EventSettlement.Contracts;

/// <summary>
/// Where all items of one part stand: how many and how much (minor units). Never a difference, always the whole.
/// </summary>
/// <param name="Pending">Not yet tried.</param>
/// <param name="NeedsPerson">In doubt and never resolved by a machine; not counted in <paramref name="InDoubt"/>.
/// </param>
public sealed record PartCounts(
    int Pending,
    int Paid,
    int Failed,
    int Rejected,
    int InDoubt,
    int WrittenOff,
    int NeedsPerson,
    int Cancelled,
    long Amount,
    long PaidAmount
)
{
    public int Items => Pending + Paid + Failed + Rejected + InDoubt + WrittenOff + NeedsPerson + Cancelled;
}
