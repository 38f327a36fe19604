using System.Globalization;
using EventSettlement.Programmes;

namespace EventSettlement.CreatorRevenue;

/// <summary>Why a creator is owed this, in words and numbers. Pure.</summary>
internal static class RevenueSentences
{
    public static OwedReason Reason(OwedDocument document, RevenueBasis basis)
    {
        var text = string.Join("; ", Earned(basis).Concat(Sums(basis)).Append(End(basis)));
        var lines = basis
            .Lines.Select(line => Line(line, basis.Policies[line.Policy]))
            .Concat(basis.Corrections.Select(c => new ReasonLine($"correction of {c.Month}", c.Amount)))
            .Concat(basis.CarriedIn.Select(c => new ReasonLine(CarriedFrom(c), c.Amount)))
            .Append(new ReasonLine("income tax withheld", -basis.IncomeTax))
            .Append(new ReasonLine("local tax withheld", -basis.LocalTax))
            .Append(new ReasonLine("carried over to the next month", -basis.CarriedOut));
        // What a line shows is cut to whole won; the sum is cut once.
        var shown = basis.Lines.Sum(line => Cut(line, basis.Policies[line.Policy]));
        var together = new ReasonLine("fractions of a won of the lines together", basis.Earned - shown);
        return new OwedReason(
            text,
            [.. document.Items.Select(_ => $"{N(document.Amount)} = " + Formula(basis))],
            [.. lines.Append(together).Where(line => line.Amount != 0)]
        );
    }

    /// <summary>By policy: <c>100 views × 2.1 + 10 ad views × 7 = 280 won × 55 % = 154</c>.</summary>
    private static IEnumerable<string> Earned(RevenueBasis basis)
    {
        for (var i = 0; i < basis.Policies.Count; i++)
        {
            var policy = basis.Policies[i];
            var of = basis.Lines.Where(line => line.Policy == i).ToList();
            var (views, adViews) = (of.Sum(line => line.Views), of.Sum(line => line.AdViews));
            if (of.Count == 0)
                continue;
            var gross = RevenueRules.MilliWon(views, policy.PerView, adViews, policy.PerAdView);
            yield return $"{N(views)} views × {Thousandths(policy.PerView)} + {N(adViews)} ad views × "
                + $"{Thousandths(policy.PerAdView)} = {Thousandths(gross)} won × {Share(policy)} = "
                + $"{Parts(gross * policy.Share)} by the policy of {Day(policy.From)}";
        }

        if (basis.Lines.Count == 0)
            yield return basis.Views == 0 ? "no views" : $"{N(basis.Views)} views on days without a policy";
        else
            yield return $"earned {N(basis.Earned)}"
                + (basis.CutOff == 0 ? "" : $", {Parts(basis.CutOff)} of a won is cut off and not owed");
    }

    private static IEnumerable<string> Sums(RevenueBasis basis) =>
        basis
            .Corrections.Select(c => $"correction of {c.Month} {Signed(c.Amount)}")
            .Concat(basis.CarriedIn.Select(c => $"{CarriedFrom(c)} {Signed(c.Amount)}"));

    private static string End(RevenueBasis basis) =>
        basis.Payable == 0 && basis.CarriedOut != 0
            ? basis.CarriedOut > 0
                ? $"less than the least payout of {N(basis.Minimum ?? 0)}: {N(basis.CarriedOut)} carried over"
                : $"nothing is paid, {N(basis.CarriedOut)} carried over"
            : basis.IncomeTax + basis.LocalTax > 0
                ? $"withholding 3 % {N(basis.IncomeTax)} and a tenth of it {N(basis.LocalTax)}; "
                    + $"to pay {N(basis.Payable)}"
                : $"to pay {N(basis.Payable)}";

    private static string Formula(RevenueBasis basis) =>
        $"{N(basis.Earned)} earned"
        + Term(basis.Corrections.Sum(c => c.Amount), "corrections")
        + Term(basis.CarriedIn.Sum(c => c.Amount), "carried in")
        + Term(-basis.IncomeTax, "income tax")
        + Term(-basis.LocalTax, "local tax")
        + Term(-basis.CarriedOut, "carried over");

    private static ReasonLine Line(BasisLine line, BasisPolicy policy) =>
        new(
            $"{line.Content}: {N(line.Views)} views × {Thousandths(policy.PerView)} + {N(line.AdViews)} ad views × "
                + $"{Thousandths(policy.PerAdView)}, × {Share(policy)}, policy of {Day(policy.From)}",
            Cut(line, policy)
        );

    private static long Cut(BasisLine line, BasisPolicy policy) =>
        checked(
            (long)(
                RevenueRules.MilliWon(line.Views, policy.PerView, line.AdViews, policy.PerAdView)
                * policy.Share
                / RevenueRules.PartsOfAWon
            )
        );

    private static string CarriedFrom(BasisSum carried) =>
        carried.Cancelled ? $"due of {carried.Month}, which was cancelled" : $"carried in from {carried.Month}";

    private static string Term(long amount, string what) =>
        amount == 0 ? "" : $" {(amount < 0 ? "−" : "+")} {N(Math.Abs(amount))} {what}";

    private static string Share(BasisPolicy policy) => Decimal(policy.Share, 2) + " %";

    private static string Thousandths(Int128 amount) => Decimal(amount, 3);

    private static string Parts(Int128 amount) => Decimal(amount, 7);

    /// <summary>Exact, without trailing zeros.</summary>
    private static string Decimal(Int128 amount, int digits)
    {
        Int128 one = 1;
        for (var i = 0; i < digits; i++)
            one *= 10;
        var whole = (amount / one).ToString("N0", CultureInfo.InvariantCulture);
        var rest = (amount % one).ToString("D" + digits, CultureInfo.InvariantCulture).TrimEnd('0');
        return rest.Length == 0 ? whole : whole + "." + rest;
    }

    private static string Signed(long amount) => (amount < 0 ? "−" : "+") + N(Math.Abs(amount));

    private static string Day(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
