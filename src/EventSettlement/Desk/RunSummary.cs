using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Desk;

/// <summary>What came of a run, in a screenful.</summary>
internal sealed class RunSummary(Database database, string settle, Action<string> say)
{
    private const string StatesSql = """
        SELECT format('%s %s, %s of %s won paid', count(*), state, to_char(sum(paid_amount), 'FM999,999,999,999,990'),
            to_char(sum(amount), 'FM999,999,999,999,990'))
        FROM settlement WHERE run_id = $1 GROUP BY state ORDER BY state
        """;

    private const string RetriedSql = """
        SELECT format('%s settlements needed %s attempts', count(*), attempt)
        FROM settlement WHERE run_id = $1 AND attempt > 1 GROUP BY attempt ORDER BY attempt
        """;

    private const string ItemsSql = """
        SELECT format('%s items %s%s', count(*), i.state, coalesce(' (' || error_code || ')', ''))
        FROM settlement_item i JOIN settlement_request r USING (settlement_id)
        WHERE r.run_id = $1 AND i.state <> 'PAID' GROUP BY i.state, error_code ORDER BY 1 LIMIT 10
        """;

    private const string PaidSql = """
        SELECT format('%s items PAID', count(*)) FROM settlement_item i JOIN settlement_request r USING (settlement_id)
        WHERE r.run_id = $1 AND i.state = 'PAID' HAVING count(*) > 0
        """;

    private const string FailedSql = """
        SELECT format('%s  %s', settlement_id, subject) FROM settlement
        WHERE run_id = $1 AND state = 'FAILED' ORDER BY subject LIMIT 5
        """;

    private const string LedgerSql = """
        SELECT format('ledger: %s postings, sum %s', count(*), coalesce(sum(amount), 0)) FROM posting WHERE $1 > 0
        """;

    private const string AllSql = """
        SELECT format('%s in all: %s settlements, %s COMPLETED, %s FAILED', programme, count(*),
            count(*) FILTER (WHERE state = 'COMPLETED'), count(*) FILTER (WHERE state = 'FAILED'))
        FROM settlement WHERE programme = (SELECT programme FROM run WHERE run_id = $1) GROUP BY programme
        """;

    public async Task Print(long run, CancellationToken stop)
    {
        say($"Summary of run {run}");
        var lines = 0;
        foreach (var sql in new[] { StatesSql, RetriedSql, PaidSql, ItemsSql })
            lines += await Lines(sql, run, "  ", stop);
        if (lines == 0)
            say("  nothing to settle: all that is known so far was settled before");
        await Lines(LedgerSql, run, "  ", stop);
        await Lines(AllSql, run, "  ", stop);
        if (await Lines(FailedSql, run, "  FAILED ", stop) > 0)
            say($"  why: {settle} settlement explain ID;  try again: {settle} settlement retry ID --include-rejected");
    }

    private async Task<int> Lines(string sql, long run, string prefix, CancellationToken stop)
    {
        await using var command = database.Reads.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = run });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var count = 0;
        for (; await reader.ReadAsync(stop); count++)
            say(prefix + reader.GetString(0));
        return count;
    }
}
