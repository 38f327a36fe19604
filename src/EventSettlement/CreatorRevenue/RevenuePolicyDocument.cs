using System.Globalization;
using EventSettlement.Facts;
using EventSettlement.Policies;

namespace EventSettlement.CreatorRevenue;

/// <summary>A policy as it is put: JSON to a policy, or to every rule that it breaks. Pure.</summary>
internal static class RevenuePolicyDocument
{
    private const long MaxRate = 1_000_000_000;
    private const long MaxShare = 10_000;
    private const int MaxTiers = 100;

    /// <returns>Null when there are mistakes.</returns>
    public static RevenuePolicy? Read(string json, List<PolicyMistake> mistakes)
    {
        var fields = new Fields();
        mistakes.AddRange(
            PolicyDocument.Read(
                json,
                fields,
                ReadField,
                "effectiveFrom",
                "currency",
                "tiers",
                "perAdViewMilliWon",
                "shareBasisPoints"
            )
        );
        mistakes.AddRange(JudgeTogether(fields));
        return mistakes.Count == 0
            ? new RevenuePolicy(
                fields.EffectiveFrom!.Value,
                [.. fields.Tiers.Select(tier => new RevenueTier(tier.From!.Value, tier.PerView!.Value))],
                fields.PerAdView!.Value,
                (int)fields.Share!.Value,
                fields.Minimum!.Value
            )
            : null;
    }

    private static void ReadField(ref FactReader json, string name, Fields fields)
    {
        switch (name)
        {
            case "effectiveFrom":
                fields.EffectiveFrom = json.Date("/effectiveFrom");
                break;
            case "currency":
                json.Currency("/currency");
                break;
            case "tiers":
                json.Array("/tiers", $"tiers is an array of 1 to {MaxTiers} objects", MaxTiers, fields, ReadTier);
                break;
            case "perAdViewMilliWon":
                fields.PerAdView = json.Integer("/perAdViewMilliWon", MaxRate);
                break;
            case "shareBasisPoints":
                fields.Share = json.Integer("/shareBasisPoints", MaxShare);
                break;
            case "minimumPayout":
                fields.Minimum = json.Integer("/minimumPayout", FactBody.MaxInteger);
                break;
            case "countsWhen":
                fields.CountsWhen = json.Id("/countsWhen");
                break;
            default:
                json.Refuse("", name);
                break;
        }
    }

    private static void ReadTier(ref FactReader json, int place, Fields fields)
    {
        var tier = new Tier(string.Create(CultureInfo.InvariantCulture, $"/tiers/{place}"));
        fields.Tiers.Add(tier);
        json.Object(tier.Pointer, "a tier is an object", tier, ReadOfTier, "fromMonthlyViews", "perViewMilliWon");
    }

    private static void ReadOfTier(ref FactReader json, string name, Tier tier)
    {
        if (name == "fromMonthlyViews")
            tier.From = json.Integer(tier.Pointer + "/fromMonthlyViews", FactBody.MaxInteger);
        else if (name == "perViewMilliWon")
            tier.PerView = json.Integer(tier.Pointer + "/perViewMilliWon", MaxRate);
        else
            json.Refuse(tier.Pointer, name);
    }

    /// <summary>Rules over several fields, and of fields that have one value only.</summary>
    private static IEnumerable<PolicyMistake> JudgeTogether(Fields fields)
    {
        if (fields.CountsWhen is not (null or RevenuePolicy.CountsWhen))
            yield return new("/countsWhen", $"is {RevenuePolicy.CountsWhen}, or is left out");
        for (var i = 0; i < fields.Tiers.Count; i++)
            if (fields.Tiers[i] is { From: { } from } tier)
                if (i == 0 && from != 0)
                    yield return new(tier.Pointer + "/fromMonthlyViews", "is 0 in the first tier");
                else if (i > 0 && from <= fields.Tiers[i - 1].From)
                    yield return new(tier.Pointer + "/fromMonthlyViews", "is more than in the tier before");
    }

    private sealed class Fields
    {
        public DateOnly? EffectiveFrom { get; set; }

        public List<Tier> Tiers { get; } = [];

        public long? PerAdView { get; set; }

        public long? Share { get; set; }

        public long? Minimum { get; set; } = 0;

        public string? CountsWhen { get; set; }
    }

    private sealed class Tier(string pointer)
    {
        public string Pointer { get; } = pointer;

        public long? From { get; set; }

        public long? PerView { get; set; }
    }
}
