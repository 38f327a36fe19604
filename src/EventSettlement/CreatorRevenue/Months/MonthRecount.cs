using System.Runtime.CompilerServices;
using EventSettlement.Payees;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.CreatorRevenue.Months;

/// <summary>
/// A settled month anew, from its facts: what the views say now, less what later months have corrected of it, must be
/// what was settled for it. Corrections and carries that it took up stand as they were decided; the months that they
/// come from are recounted by themselves.
/// </summary>
internal sealed class MonthRecount(Database database, MonthStream stream, TaxProfiles taxes)
{
    private const int Chunk = 4_000;

    private const string PlannedSql = """
        SELECT m.creator_id, m.planned_at, coalesce(c.months, '{}'), coalesce(c.amounts, '{}'),
            coalesce(i.months, '{}'), coalesce(i.cancelled, '{}'), coalesce(i.amounts, '{}')
        FROM creator_month m
        LEFT JOIN (SELECT creator_id, array_agg(corrected_month ORDER BY corrected_month) AS months,
                array_agg(amount ORDER BY corrected_month) AS amounts
            FROM creator_correction WHERE month = $1 GROUP BY 1) c USING (creator_id)
        LEFT JOIN (SELECT creator_id, array_agg(month ORDER BY month, cancelled) AS months,
                array_agg(cancelled ORDER BY month, cancelled) AS cancelled,
                array_agg(amount ORDER BY month, cancelled) AS amounts
            FROM creator_carry WHERE taken_month = $1 GROUP BY 1) i USING (creator_id)
        WHERE m.month = $1
        """;

    private const string LaterSql = """
        SELECT creator_id, sum(amount)::bigint FROM creator_correction WHERE corrected_month = $1 GROUP BY 1
        """;

    public async IAsyncEnumerable<IReadOnlyList<Owed>> Read(
        MonthPolicies month,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var planned = await ReadPlanned(month.Month, cancel);
        var later = await ReadLater(month.Month, cancel);
        var rest = planned.Keys.ToHashSet(StringComparer.Ordinal);
        var chunk = new List<(string Creator, EarnedMonth Earned)>();
        await foreach (var (creator, now) in stream.Earned(month, cancel))
        {
            var earned = now with { Earned = now.Earned - later.GetValueOrDefault(creator) };
            // Views that came when the month was settled, of a creator who had none before.
            if (earned.Earned == 0 && !planned.ContainsKey(creator))
                continue;
            rest.Remove(creator);
            chunk.Add((creator, earned));
            if (chunk.Count < Chunk)
                continue;
            yield return await Account(month, chunk, planned, cancel);
            chunk.Clear();
        }

        chunk.AddRange(rest.Select(creator => (creator, Gone(month, later.GetValueOrDefault(creator)))));
        if (chunk.Count > 0)
            yield return await Account(month, chunk, planned, cancel);
    }

    /// <summary>Of a creator without views in the month, by now or from the beginning.</summary>
    private static EarnedMonth Gone(MonthPolicies month, long later) =>
        RevenueRules.Earn(month, []) with
        {
            Earned = -later,
        };

    private async Task<List<OwedMonth>> Account(
        MonthPolicies month,
        List<(string Creator, EarnedMonth Earned)> chunk,
        Dictionary<string, Planned> planned,
        CancellationToken cancel
    )
    {
        var accounts = new List<OwedMonth>(chunk.Count);
        // A profile that was put later did not hold when the month was planned.
        foreach (var at in chunk.GroupBy(c => planned.GetValueOrDefault(c.Creator)?.At))
        {
            var kinds = await taxes.Read([.. at.Select(c => c.Creator)], month.LastDay, at.Key, cancel);
            foreach (var (creator, earned) in at)
            {
                var of = planned.GetValueOrDefault(creator);
                accounts.Add(
                    RevenueMonth.Account(
                        creator,
                        month,
                        earned,
                        of?.Corrected ?? [],
                        of?.Carried ?? [],
                        kinds.GetValueOrDefault(creator)
                    )
                );
            }
        }

        return accounts;
    }

    private async Task<Dictionary<string, Planned>> ReadPlanned(DateOnly month, CancellationToken cancel)
    {
        var planned = new Dictionary<string, Planned>(StringComparer.Ordinal);
        await using var command = Of(PlannedSql, month);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            planned.Add(
                row.GetString(0),
                new Planned(
                    row.GetDateTime(1),
                    [
                        .. row.GetFieldValue<DateOnly[]>(2)
                            .Zip(row.GetFieldValue<long[]>(3), (of, amount) => new Correction(of, amount)),
                    ],
                    [
                        .. row.GetFieldValue<DateOnly[]>(4)
                            .Zip(row.GetFieldValue<bool[]>(5), row.GetFieldValue<long[]>(6))
                            .Select(c => new Carry(c.First, c.Second, c.Third)),
                    ]
                )
            );
        return planned;
    }

    private async Task<Dictionary<string, long>> ReadLater(DateOnly month, CancellationToken cancel)
    {
        var later = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var command = Of(LaterSql, month);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            later.Add(row.GetString(0), row.GetInt64(1));
        return later;
    }

    private NpgsqlCommand Of(string sql, DateOnly month)
    {
        var command = database.Reads.CreateCommand(sql);
        command.Parameters.Add(new() { Value = month, NpgsqlDbType = NpgsqlDbType.Date });
        return command;
    }

    private sealed record Planned(DateTime At, IReadOnlyList<Correction> Corrected, IReadOnlyList<Carry> Carried);
}
