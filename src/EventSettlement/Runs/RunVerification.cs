using EventSettlement.Contracts;
using EventSettlement.Ledger;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using EventSettlement.Runs.Planning;
using Npgsql;

namespace EventSettlement.Runs;

/// <summary>What was compared and what is wrong.</summary>
/// <param name="Settlements">Recounted from facts.</param>
/// <param name="Findings">The first hundred.</param>
public sealed record RunProof(
    string Programme,
    string Period,
    bool Right,
    long Settlements,
    long Items,
    IReadOnlyList<string> Findings
);

/// <summary>
/// Recounts a settled period from its facts alone and holds every request, item and creation posting against it.
/// </summary>
public sealed class RunVerification(Database database, ProgrammeList programmes)
{
    private const int MostFindings = 100;

    private const string RequestsSql = """
        SELECT settlement_id, amount, currency, items, booking::text FROM settlement_request
        WHERE settlement_id = ANY ($1)
        """;

    private const string ItemsSql = """
        SELECT settlement_id, no, member_id, amount FROM settlement_item WHERE settlement_id = ANY ($1)
        ORDER BY settlement_id, no
        """;

    private const string AllSql =
        "SELECT settlement_id, subject FROM settlement_request WHERE programme = $1 AND period = $2";

    public async Task<RunProof> Verify(string programme, string period, CancellationToken cancel)
    {
        var findings = new List<string>();
        var seen = new HashSet<Guid>();
        long items = 0;
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await foreach (var chunk in programmes.Of(programme).Recount(period, cancel))
        {
            var planned = chunk.Select(owed => PlanRules.Plan(programme, owed)).ToDictionary(p => p.Id);
            items += planned.Values.Sum(p => (long)p.Owed.Amounts.Length);
            seen.UnionWith(planned.Keys);
            await Compare(connection, planned, findings, cancel);
            if (findings.Count >= MostFindings)
                break;
        }

        if (findings.Count < MostFindings)
            await FindUnknown(connection, (programme, period), seen, findings, cancel);
        if (findings.Count > MostFindings)
            findings.RemoveRange(MostFindings, findings.Count - MostFindings);
        return new RunProof(programme, period, findings.Count == 0, seen.Count, items, findings);
    }

    private static async Task Compare(
        NpgsqlConnection connection,
        Dictionary<Guid, PlannedSettlement> planned,
        List<string> findings,
        CancellationToken cancel
    )
    {
        Guid[] ids = [.. planned.Keys];
        var requested = new HashSet<Guid>();
        await using (var row = await Rows(connection, RequestsSql, ids, cancel))
            while (await row.ReadAsync(cancel))
            {
                requested.Add(row.GetGuid(0));
                findings.AddRange(RequestFindings(planned[row.GetGuid(0)], row));
            }

        findings.AddRange(
            planned
                .Values.Where(p => !requested.Contains(p.Id))
                .Select(p => $"{p.Owed.Subject} is owed and not requested")
        );
        await CompareItems(connection, planned, requested, findings, cancel);
        var posted = await Booking.ReadPosted(connection, ids, cancel);
        foreach (var settlement in planned.Values.Where(p => requested.Contains(p.Id)))
            findings.AddRange(
                Booking
                    .Differences(
                        Booking.Read(Booking.Write(settlement.Creation)),
                        posted.GetValueOrDefault(settlement.Id) ?? []
                    )
                    .Select(line => Differs(settlement, $"the creation in {line.Account}", line.Expected, line.Found))
            );
    }

    private static IEnumerable<string> RequestFindings(PlannedSettlement planned, NpgsqlDataReader row)
    {
        if (row.GetInt64(1) != planned.Total)
            yield return Differs(planned, "the request", planned.Total, row.GetInt64(1));
        if (row.GetString(2) != planned.Owed.Currency)
            yield return $"{planned.Owed.Subject}: the request is in {row.GetString(2)}, not {planned.Owed.Currency}";
        if (row.GetInt32(3) != planned.Owed.Amounts.Length)
            yield return Differs(planned, "the request's items", planned.Owed.Amounts.Length, row.GetInt32(3));
        foreach (
            var (account, expected, found) in Booking.Differences(
                Booking.Read(Booking.Write(planned.Creation)),
                Booking.Read(row.GetString(4))
            )
        )
            yield return Differs(planned, $"the request's {account}", expected, found);
    }

    private static async Task CompareItems(
        NpgsqlConnection connection,
        Dictionary<Guid, PlannedSettlement> planned,
        HashSet<Guid> requested,
        List<string> findings,
        CancellationToken cancel
    )
    {
        var counted = requested.ToDictionary(id => id, _ => 0);
        await using var row = await Rows(connection, ItemsSql, [.. requested], cancel);
        while (await row.ReadAsync(cancel))
        {
            var owed = planned[row.GetGuid(0)].Owed;
            counted[row.GetGuid(0)]++;
            var index = row.GetInt32(1) - 1;
            if (index < 0 || index >= owed.Payees.Length)
                findings.Add($"{owed.Subject}: item {index + 1} is not owed");
            else if (owed.Payees[index] != row.GetString(2) || owed.Amounts[index] != row.GetInt64(3))
                findings.Add(
                    FormattableString.Invariant(
                        $"{owed.Subject}: item {index + 1} is {row.GetInt64(3)} to {row.GetString(2)}, "
                    ) + FormattableString.Invariant($"expected {owed.Amounts[index]} to {owed.Payees[index]}")
                );
        }

        findings.AddRange(
            counted
                .Where(c => c.Value != planned[c.Key].Owed.Payees.Length)
                .Select(c => Differs(planned[c.Key], "the number of items", planned[c.Key].Owed.Payees.Length, c.Value))
        );
    }

    /// <summary>Settlements of the period that its facts know nothing of.</summary>
    private static async Task FindUnknown(
        NpgsqlConnection connection,
        (string Programme, string Period) of,
        HashSet<Guid> seen,
        List<string> findings,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(AllSql, connection) { CommandTimeout = 600 };
        command.Parameters.Add(new() { Value = of.Programme });
        command.Parameters.Add(new() { Value = of.Period });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (findings.Count < MostFindings && await row.ReadAsync(cancel))
            if (!seen.Contains(row.GetGuid(0)))
                findings.Add($"{row.GetString(1)} is requested and no fact says so");
    }

    private static async Task<NpgsqlDataReader> Rows(
        NpgsqlConnection connection,
        string sql,
        Guid[] ids,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(RowArrays.Uuids(ids));
        return await command.ExecuteReaderAsync(cancel);
    }

    private static string Differs(PlannedSettlement planned, string what, long expected, long found) =>
        FormattableString.Invariant($"{planned.Owed.Subject}: {what} is {found}, expected {expected}");
}
