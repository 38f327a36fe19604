using System.Runtime.CompilerServices;
using EventSettlement.CreatorRevenue.Months;
using EventSettlement.Platform;
using EventSettlement.Policies;
using EventSettlement.Views.Statistics;

namespace EventSettlement.CreatorRevenue;

/// <summary>What months earn by the policies that are in force, and would earn with another beside them.</summary>
internal sealed class RevenueComparison(Database database, CreatorSums sums, PolicyRows policies)
{
    private readonly SettledMonths _settled = new(database, sums);

    /// <summary>Creators whose settled months would earn otherwise. In won.</summary>
    public async IAsyncEnumerable<(string Creator, DateOnly Month, long Before, long After)> Settled(
        string draft,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (await _settled.ReadClosed(cancel) is not { } closed)
            yield break;
        for (var month = closed.First; month <= closed.Last; month = month.AddMonths(1))
            await foreach (var (creator, before, after) in Differences(month, draft, cancel))
                yield return (creator, month, before, after);
    }

    /// <summary>The month that a run would settle next, and what all creators earn in it so far, in won.</summary>
    /// <returns>Null where nothing was watched in it, or nothing would change.</returns>
    public async Task<(DateOnly Month, long Before, long After)?> Open(string draft, CancellationToken cancel)
    {
        if (await _settled.ReadOpen(await _settled.ReadClosed(cancel), cancel) is not { } open)
            return null;
        var (before, after) = (0L, 0L);
        await foreach (var difference in Differences(open, draft, cancel))
            checked
            {
                before += difference.Before;
                after += difference.After;
            }

        return before == after ? null : (open, before, after);
    }

    private async IAsyncEnumerable<(string Creator, long Before, long After)> Differences(
        DateOnly of,
        string draft,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var now = await RevenuePolicies.Read(policies, null, cancel);
        var then = await RevenuePolicies.Read(policies, draft, cancel);
        var (before, after) = (RevenueRules.Stretches(of, now), RevenueRules.Stretches(of, then));
        if (before.InForce.SequenceEqual(after.InForce) && before.Days.SequenceEqual(after.Days))
            yield break;
        // The stretches with the draft part those without it: each lies within one of them.
        var both = after with
        {
            InForce = [.. after.Days.Select(days => RevenuePolicy.Of(now, days.First))],
        };
        await foreach (var creator in sums.Read(after.Days, null, cancel))
        {
            if (creator[0].Creator.Length == 0)
                continue;
            var (was, would) = (RevenueRules.Earn(both, creator), RevenueRules.Earn(after, creator));
            if (was.Earned != would.Earned)
                yield return (creator[0].Creator, was.Earned, would.Earned);
        }
    }
}
