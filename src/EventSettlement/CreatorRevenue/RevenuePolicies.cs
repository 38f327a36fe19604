using EventSettlement.Policies;

namespace EventSettlement.CreatorRevenue;

/// <summary>The policies that were put, by their first day.</summary>
internal static class RevenuePolicies
{
    /// <param name="draft">One more, as if it had been put; null = none.</param>
    public static async Task<IReadOnlyList<RevenuePolicy>> Read(
        PolicyRows policies,
        string? draft,
        CancellationToken cancel
    )
    {
        var documents = (await policies.Read(RevenueProgramme.Name, cancel)).Select(put => put.Document);
        return
        [
            .. (draft is null ? documents : documents.Append(draft))
                .Select(json => RevenuePolicyDocument.Read(json, []))
                .OfType<RevenuePolicy>()
                .OrderBy(policy => policy.EffectiveFrom),
        ];
    }
}
