using System.Text.Json;
using System.Text.Json.Serialization;
using EventSettlement.CreatorRevenue.Months;
using EventSettlement.Payees;

namespace EventSettlement.CreatorRevenue;

/// <summary>What a request of this programme stands on. Amounts in won unless said otherwise.</summary>
/// <param name="Version">Of this document.</param>
/// <param name="Policies">Those that lines name by their index.</param>
/// <param name="Lines">What was earned by content and policy.</param>
/// <param name="CutOff">What is not owed, in ten-millionths of a won.</param>
/// <param name="Minimum">Of a payout; null = no policy on the month's last day.</param>
/// <param name="Tax">The payee's profile on the month's last day.</param>
internal sealed record RevenueBasis(
    int Version,
    IReadOnlyList<BasisPolicy> Policies,
    IReadOnlyList<BasisLine> Lines,
    long Views,
    long AdViews,
    long Earned,
    long CutOff,
    IReadOnlyList<BasisSum> Corrections,
    IReadOnlyList<BasisSum> CarriedIn,
    long? Minimum,
    string Tax,
    long IncomeTax,
    long LocalTax,
    long Payable,
    long CarriedOut
)
{
    public static RevenueBasis Of(
        MonthPolicies month,
        EarnedMonth earned,
        IReadOnlyList<Correction> corrected,
        IReadOnlyList<Carry> carried,
        Payout payout,
        long? minimum,
        TaxKind kind
    )
    {
        var policies = month.InForce.OfType<RevenuePolicy>().Distinct().ToList();
        return new RevenueBasis(
            1,
            [
                .. policies.Select(p => new BasisPolicy(
                    p.EffectiveFrom,
                    p.PerView(earned.Views),
                    p.PerAdViewMilliWon,
                    p.ShareBasisPoints
                )),
            ],
            [
                .. earned.Lines.Select(line => new BasisLine(
                    line.Content,
                    policies.IndexOf(line.Policy),
                    line.Views,
                    line.AdViews
                )),
            ],
            earned.Views,
            earned.AdViews,
            earned.Earned,
            earned.Remainder,
            [.. corrected.Select(c => new BasisSum(RevenueMonth.Period(c.Month), c.Amount))],
            [.. carried.Select(c => new BasisSum(RevenueMonth.Period(c.Month), c.Amount, c.Cancelled))],
            minimum,
            kind.Text(),
            payout.Withheld.IncomeTax,
            payout.Withheld.LocalTax,
            payout.Payable,
            payout.CarriedOut
        );
    }

    public static string Write(RevenueBasis basis) => JsonSerializer.Serialize(basis, RevenueJson.Default.RevenueBasis);

    public static RevenueBasis Read(string json) => JsonSerializer.Deserialize(json, RevenueJson.Default.RevenueBasis)!;
}

/// <param name="PerView">By the tier of the month's views, in thousandths of a won.</param>
/// <param name="PerAdView">In thousandths of a won.</param>
/// <param name="Share">In basis points.</param>
internal sealed record BasisPolicy(DateOnly From, long PerView, long PerAdView, int Share);

/// <param name="Policy">Index into the policies.</param>
internal sealed record BasisLine(string Content, int Policy, long Views, long AdViews);

/// <param name="Month">That is corrected, or that carried it out.</param>
internal sealed record BasisSum(string Month, long Amount, bool Cancelled = false);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
)]
[JsonSerializable(typeof(RevenueBasis))]
internal sealed partial class RevenueJson : JsonSerializerContext;
