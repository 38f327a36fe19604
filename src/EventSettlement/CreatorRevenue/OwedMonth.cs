using EventSettlement.CreatorRevenue.Months;
using EventSettlement.Programmes;

namespace EventSettlement.CreatorRevenue;

/// <summary>What a creator is owed for a month, with the figures that the programme keeps of it. In won.</summary>
internal sealed record OwedMonth(
    string Creator,
    DateOnly Month,
    EarnedMonth Earned,
    IReadOnlyList<Correction> Corrected,
    IReadOnlyList<Carry> Carried,
    Payout Payout,
    BookingLine[] Lines,
    string Stands
) : Owed(Creator, RevenueMonth.Period(Month), RevenuePolicy.Currency, [Creator], [Payout.Payable], Lines, Stands)
{
    public long Corrections => Corrected.Sum(c => c.Amount);

    public long CarriedIn => Carried.Sum(c => c.Amount);
}

/// <summary>What a settled month was settled too low (more than 0) or too high.</summary>
internal readonly record struct Correction(DateOnly Month, long Amount);
