using EventSettlement.Faults.Check.Known;
using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>Codes of alerts that may be there, and those that must.</summary>
internal sealed record ExpectedAlerts(string[] Allowed, string[] Demanded);

/// <summary>I14: every request that was carried out left one audit row; I17: an alert is opened once a cause.</summary>
internal static class Desk
{
    // A refusal other than 409 is audited, and its key is free for the request as it should have been.
    private const string AuditSql = """
        SELECT i.finished, a.noted FROM
            (SELECT count(*) AS finished FROM idempotency WHERE status IS NOT NULL) i,
            (SELECT count(*) AS noted FROM audit
             WHERE action LIKE 'POST %' AND detail ~ '^answered ([123]|409)') a
        """;

    private const string CommandsSql = """
        SELECT c.command_id, c.verb, c.settlement_id FROM command c WHERE c.outcome IS NULL
        """;

    // Any settlement may fail for a good reason; NothingStuck judges that.
    private const string Always = "settlement_failed";

    public static async Task<List<Violation>> Check(
        NpgsqlDataSource database,
        IEnumerable<string> answeredKeys,
        ExpectedAlerts expected
    )
    {
        var counts = await Tables.Read(database, AuditSql, r => (Done: r.GetInt64(0), Noted: r.GetInt64(1)));
        var known = (
            await Tables.Read(database, "SELECT key FROM idempotency WHERE status IS NOT NULL", r => r.GetString(0))
        ).ToHashSet();
        var unanswered = await Tables.Read(
            database,
            CommandsSql,
            r => new Violation("I4", $"command {r.GetGuid(0)} ({r.GetString(1)} of {r.GetGuid(2)}) was never answered")
        );
        var alerts = await Tables.Read(
            database,
            "SELECT code, cause, message FROM alert",
            r => (Code: r.GetString(0), Cause: r.GetString(1), Message: r.GetString(2))
        );
        return
        [
            .. counts
                .Where(c => c.Done != c.Noted)
                .Select(c => new Violation("I14", $"{c.Done} requests were carried out, {c.Noted} were audited")),
            .. answeredKeys
                .Where(k => !known.Contains(k))
                .Take(5)
                .Select(k => new Violation("I10", $"the answer to {k} was not kept")),
            .. unanswered,
            .. alerts
                .Where(a => a.Code != Always && !expected.Allowed.Contains(a.Code))
                .Select(a => new Violation(
                    "I17",
                    $"an alert that nothing here explains: {a.Code} {a.Cause}",
                    a.Message
                )),
            .. expected
                .Demanded.Where(d => !alerts.Exists(a => a.Code == d))
                .Select(d => new Violation("I17", $"nobody was told: there is no alert {d}")),
        ];
    }
}
