using EventSettlement.Faults.Check.Known;
using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>
/// Believes nothing: shares no code with the product and reads tables, journals and the log from outside.
/// </summary>
internal static class Checker
{
    private const string SampleSql = """
        SELECT transaction_id, sum(amount) FROM posting GROUP BY transaction_id, currency HAVING sum(amount) <> 0
        """;

    /// <summary>What must hold at every moment.</summary>
    public static async Task<List<Violation>> Sample(NpgsqlDataSource database, string folder, bool offsets)
    {
        var paid = await Tables.Read(
            database,
            "SELECT settlement_id, no FROM settlement_item WHERE state = 'PAID' " + "AND amount > 0",
            r => (r.GetGuid(0), r.GetInt32(1))
        );
        // Read after the items: whatever was PAID by then had been credited before.
        var credits = Journals
            .Credits(folder)
            .GroupBy(c => (c.Settlement, c.No))
            .ToDictionary(g => g.Key, g => g.ToList());
        var unbalanced = await Tables.Read(
            database,
            SampleSql,
            r => new Violation("I2", $"during the run: ledger transaction {r.GetInt64(0)} is off by {r.GetDecimal(1)}")
        );
        return
        [
            .. unbalanced,
            .. offsets ? await Offsets.Sample(database) : [],
            .. paid.Where(p => !credits.ContainsKey(p))
                .Take(3)
                .Select(p => new Violation("I1", $"during the run: {p.Item1:D}-{p.Item2} is PAID and not credited")),
            .. credits
                .Values.Where(c => c.Count > 1)
                .Take(3)
                .Select(c => new Violation("I1", "during the run: credited twice", [.. c.Select(x => x.ToString())])),
        ];
    }

    /// <summary>What must hold even where nothing was healed: I1 but for what is still open, I2, I5 and I6.</summary>
    public static async Task<List<Violation>> Safety(NpgsqlDataSource database, string folder)
    {
        var truth = await Truth.Read(database, folder);
        return
        [
            .. Payments.Check(truth, isOver: false),
            .. LedgerSums.Check(truth),
            .. Lives.Check(truth),
            .. await Offsets.Sample(database),
        ];
    }

    /// <param name="kafka">What stands on Kafka; null where the log is in the database.</param>
    /// <param name="answeredKeys">Requests other than facts that were answered.</param>
    public static async Task<List<Violation>> AtTheEnd(
        NpgsqlDataSource database,
        string folder,
        IReadOnlyList<LogMessage>? kafka,
        IEnumerable<string> answeredKeys,
        ExpectedAlerts alerts
    )
    {
        var truth = await Truth.Read(database, folder);
        var log = kafka ?? await LogMessage.Read(database);
        var touched = await Tables.Read(database, "SELECT settlement_id FROM command", r => r.GetGuid(0));
        return
        [
            .. Payments.Check(truth, isOver: true),
            .. LedgerSums.Check(truth),
            .. FactsTaken.Check(truth),
            .. await ViewsCounted.Check(database, folder),
            .. BlindResends.Check(truth, Journals.Calls(folder)),
            .. Lives.Check(truth),
            .. await NothingStuck.Check(truth, database, needsPersons: alerts.Allowed.Contains("amount_mismatch")),
            .. await Outgoing.Check(truth, database, log),
            .. Traces.Check(truth, log, touched.ToHashSet()),
            .. await Offsets.Sample(database),
            .. await Offsets.AtTheEnd(database),
            .. await Desk.Check(database, answeredKeys, alerts),
        ];
    }
}
