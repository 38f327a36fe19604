using System.Globalization;
using EventSettlement.Platform;
using EventSettlement.Policies;

namespace EventSettlement.CreatorRevenue;

/// <summary>What a policy that is put would change: creators' months, settled ones and the open one.</summary>
internal sealed class RevenuePolicyRules(RevenueComparison comparison) : IPolicyRules
{
    private const int MostTold = 20;

    public string Programme => RevenueProgramme.Name;

    public IReadOnlyList<PolicyMistake> Check(string json, out DateOnly effectiveFrom)
    {
        var mistakes = new List<PolicyMistake>();
        effectiveFrom = RevenuePolicyDocument.Read(json, mistakes)?.EffectiveFrom ?? default;
        return mistakes;
    }

    public async Task<PolicyEffect> Compare(string json, CancellationToken cancel)
    {
        var settled = new List<string>();
        var more = 0;
        await foreach (var (creator, month, before, after) in comparison.Settled(json, cancel))
            if (settled.Count < MostTold)
                settled.Add(Sentence($"{creator} in {month:yyyy-MM}", before, after));
            else
                more++;
        if (more > 0)
            settled.Add(string.Create(CultureInfo.InvariantCulture, $"and {more:N0} more"));
        var open = await comparison.Open(json, cancel);
        return new PolicyEffect(
            settled,
            open is var (of, sum, then)
                ? [Sentence($"all creators in {of:yyyy-MM}, which is open, by the views so far", sum, then)]
                : []
        );
    }

    private static string Sentence(FormattableString who, long before, long after) =>
        FormattableString.Invariant(who)
        + string.Create(CultureInfo.InvariantCulture, $": {after:N0} instead of {before:N0} KRW earned");
}
