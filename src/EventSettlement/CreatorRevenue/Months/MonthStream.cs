using System.Runtime.CompilerServices;
using EventSettlement.Payees;
using EventSettlement.Views.Statistics;

namespace EventSettlement.CreatorRevenue.Months;

/// <summary>
/// Accounts of one month after the other, as a run or a preview makes them. What stands in the database is read once;
/// what this stream has settled itself is known from then on, whether it is written yet or, in a preview, never.
/// </summary>
internal sealed class MonthStream(
    CreatorSums sums,
    SettledMonths settled,
    TaxProfiles taxes,
    IReadOnlyList<RevenuePolicy> policies,
    string? only
)
{
    private const int FirstChunk = 200;
    private const int LargestChunk = 4_000;

    private readonly Dictionary<DateOnly, Dictionary<string, long>> _settled = [];
    private Dictionary<string, List<Carry>> _carries = [];
    private Dictionary<string, DateOnly> _planned = [];
    private int _chunk = FirstChunk;

    /// <summary>Months of which creators had views on days without a policy.</summary>
    public HashSet<DateOnly> WithoutPolicy { get; } = [];

    /// <summary>Months in which all days with views had a policy.</summary>
    public HashSet<DateOnly> WithPolicies { get; } = [];

    /// <param name="months">To be settled, one after the other.</param>
    /// <param name="corrected">Settled before, that may be otherwise by now.</param>
    public async IAsyncEnumerable<IReadOnlyList<OwedMonth>> Read(
        IReadOnlyList<DateOnly> months,
        IReadOnlyList<DateOnly> corrected,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (months.Count == 0)
            yield break;
        _carries = await settled.ReadCarries(only, cancel);
        _planned = await settled.ReadPlanned(months[0], only, cancel);
        var before = corrected.ToList();
        foreach (var month in months)
        {
            var corrections = await Correct(before, cancel);
            _settled.TryAdd(month, await settled.ReadSettled(month, only, cancel));
            await foreach (var chunk in Settle(month, corrections, cancel))
                yield return chunk;
            before.Add(month);
        }
    }

    /// <summary>Every creator's month as the facts say now; those of nobody are left out.</summary>
    public async IAsyncEnumerable<(string Creator, EarnedMonth Earned)> Earned(
        MonthPolicies month,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (var of in sums.Read(month.Days, only, cancel))
        {
            if (of[0].Creator.Length == 0)
                continue;
            foreach (var sum in of)
                (month.InForce[sum.Stretch] is null ? WithoutPolicy : WithPolicies).Add(month.Month);
            yield return (of[0].Creator, RevenueRules.Earn(month, of));
        }
    }

    /// <summary>By creator what the months were settled too low or too high so far.</summary>
    private async Task<Dictionary<string, List<Correction>>> Correct(
        IReadOnlyList<DateOnly> months,
        CancellationToken cancel
    )
    {
        var corrections = new Dictionary<string, List<Correction>>(StringComparer.Ordinal);
        foreach (var month in months)
        {
            if (!_settled.TryGetValue(month, out var soFar))
                _settled.Add(month, soFar = await settled.ReadSettled(month, only, cancel));
            var gone = soFar.Where(s => s.Value != 0).Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
            await foreach (var (creator, now) in Earned(RevenueRules.Stretches(month, policies), cancel))
            {
                gone.Remove(creator);
                Add(creator, month, now.Earned);
            }

            foreach (var creator in gone)
                Add(creator, month, 0);

            void Add(string creator, DateOnly of, long earned)
            {
                var difference = earned - soFar.GetValueOrDefault(creator);
                if (difference == 0)
                    return;
                if (!corrections.TryGetValue(creator, out var all))
                    corrections.Add(creator, all = []);
                all.Add(new Correction(of, difference));
            }
        }

        return corrections;
    }

    private async IAsyncEnumerable<IReadOnlyList<OwedMonth>> Settle(
        DateOnly of,
        Dictionary<string, List<Correction>> corrections,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var month = RevenueRules.Stretches(of, policies);
        // Without views, and yet with something to settle: taken in between, so that all stand in their order.
        var others = new SortedSet<string>(
            corrections.Keys.Concat(_carries.Where(c => c.Value.Count > 0).Select(c => c.Key)),
            StringComparer.Ordinal
        );
        var chunk = new List<(string Creator, EarnedMonth Earned)>();
        await foreach (var (creator, earned) in Earned(month, cancel))
        {
            while (others.Min is { } other && string.CompareOrdinal(other, creator) < 0)
            {
                others.Remove(other);
                chunk.Add((other, RevenueRules.Earn(month, [])));
            }

            others.Remove(creator);
            chunk.Add((creator, earned));
            if (chunk.Count < _chunk)
                continue;
            if (await Account(month, chunk, corrections, cancel) is { Count: > 0 } full)
                yield return full;
            chunk.Clear();
            _chunk = LargestChunk;
        }

        chunk.AddRange(others.Select(other => (other, RevenueRules.Earn(month, []))));
        foreach (var rest in chunk.Chunk(LargestChunk))
            if (await Account(month, rest, corrections, cancel) is { Count: > 0 } last)
                yield return last;
    }

    private async Task<List<OwedMonth>> Account(
        MonthPolicies month,
        IReadOnlyList<(string Creator, EarnedMonth Earned)> chunk,
        Dictionary<string, List<Correction>> corrections,
        CancellationToken cancel
    )
    {
        var kinds = await taxes.Read([.. chunk.Select(c => c.Creator)], month.LastDay, null, cancel);
        var accounts = new List<OwedMonth>(chunk.Count);
        foreach (var (creator, earned) in chunk)
        {
            // A planner before this one came as far, or further: what is new of it since is a correction.
            if (_planned.TryGetValue(creator, out var planned) && planned >= month.Month)
                continue;
            var account = RevenueMonth.Account(
                creator,
                month,
                earned,
                corrections.GetValueOrDefault(creator) ?? [],
                _carries.GetValueOrDefault(creator) ?? [],
                kinds.GetValueOrDefault(creator)
            );
            Keep(account);
            accounts.Add(account);
        }

        return accounts;
    }

    /// <summary>What a later month of this stream finds as if it had been read.</summary>
    private void Keep(OwedMonth account)
    {
        _settled[account.Month][account.Creator] = account.Earned.Earned;
        foreach (var correction in account.Corrected)
            _settled[correction.Month][account.Creator] =
                _settled[correction.Month].GetValueOrDefault(account.Creator) + correction.Amount;
        if (account.Payout.CarriedOut == 0)
            _carries.Remove(account.Creator);
        else
            _carries[account.Creator] = [new Carry(account.Month, false, account.Payout.CarriedOut)];
    }
}
