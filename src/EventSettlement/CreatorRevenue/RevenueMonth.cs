using System.Globalization;
using EventSettlement.CreatorRevenue.Months;
using EventSettlement.Payees;
using EventSettlement.Platform;
using EventSettlement.Programmes;

namespace EventSettlement.CreatorRevenue;

/// <summary>A creator's account of a month: what is owed, booked and written down of it. Pure.</summary>
internal static class RevenueMonth
{
    public const string CostOfRevenue = "cost-of-revenue";
    public const string Carried = "carried-over";
    public const string IncomeTax = "withheld-income-tax";
    public const string LocalTax = "withheld-local-tax";

    /// <summary>The first day of a day's month.</summary>
    public static DateOnly Of(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>Such as <c>2026-11</c>.</summary>
    public static string Period(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <exception cref="ProblemException">The parameter month is not such a one.</exception>
    public static DateOnly Asked(string month) =>
        Month(month) ?? throw ProblemException.Invalid("/month", "is a month such as 2026-11");

    /// <returns>Null when it is not such a month.</returns>
    public static DateOnly? Month(string? period) =>
        DateOnly.TryParseExact(
            period + "-01",
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var month
        )
            ? month
            : null;

    public static OwedMonth Account(
        string creator,
        MonthPolicies month,
        EarnedMonth earned,
        IReadOnlyList<Correction> corrected,
        IReadOnlyList<Carry> carried,
        TaxKind kind
    )
    {
        var (corrections, carriedIn) = (corrected.Sum(c => c.Amount), carried.Sum(c => c.Amount));
        var policy = month.InForce[^1];
        var payout = RevenueRules.PayOut(earned.Earned + corrections + carriedIn, policy, kind, month.LastDay);
        BookingLine[] lines =
        [
            new(CostOfRevenue, -(earned.Earned + corrections)),
            new(Carried, payout.CarriedOut - carriedIn),
            new(IncomeTax, payout.Withheld.IncomeTax),
            new(LocalTax, payout.Withheld.LocalTax),
        ];
        var basis = RevenueBasis.Of(month, earned, corrected, carried, payout, policy?.MinimumPayout, kind);
        return new OwedMonth(
            creator,
            month.Month,
            earned,
            corrected,
            carried,
            payout,
            lines,
            RevenueBasis.Write(basis)
        );
    }
}
