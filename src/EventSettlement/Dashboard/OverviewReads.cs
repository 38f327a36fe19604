using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Dashboard;

public sealed record RunLine(
    long RunId, string Programme, DateOnly BusinessDate, string State, long Planned, long Completed, long Failed,
        long Retrying,
    long Ended, long Amount);

public sealed record StateLine(string State, long Settlements, long Items, long Amount);

public sealed record FailureLine(string Code, long Items, long Amount, string Example);

/// <summary>What the page shows. Sums come from the lanes of the runs, so a million settlements cost nothing.</summary>
public sealed record Overview(
    IReadOnlyList<RunLine> Runs, IReadOnlyList<StateLine> States, IReadOnlyList<FailureLine> Failures,
        IReadOnlyList<AlertRow> Alerts);

/// <summary>Reads the page's tables.</summary>
public sealed class OverviewReads(Database database, OperationReads operations)
{
    private const string ReadRuns = """
        SELECT run_id, programme, business_date, r.state,
            coalesce(sum(settlements) FILTER (WHERE p.state = 'PLANNED'), 0)::bigint AS planned,
            coalesce(sum(settlements) FILTER (WHERE p.state = 'COMPLETED'), 0)::bigint AS completed,
            coalesce(sum(settlements) FILTER (WHERE p.state = 'FAILED'), 0)::bigint AS failed,
            coalesce(sum(settlements) FILTER (WHERE p.state = 'AWAITING_RETRY'), 0)::bigint AS retrying,
            coalesce(sum(settlements) FILTER (WHERE p.state IN ('COMPLETED', 'FAILED', 'CANCELLED')), 0)::bigint
                AS ended,
            coalesce(sum(amount) FILTER (WHERE p.state = 'PLANNED'), 0)::bigint AS amount
        FROM (SELECT * FROM run ORDER BY run_id DESC LIMIT 10) r LEFT JOIN run_progress p USING (run_id)
        GROUP BY run_id, programme, business_date, r.state ORDER BY run_id DESC
        """;

    private const string ReadStates = """
        SELECT state, sum(settlements)::bigint AS settlements, sum(items)::bigint AS items,
            sum(amount)::bigint AS amount
        FROM run_progress GROUP BY state HAVING sum(settlements) <> 0 ORDER BY state
        """;

    private const string ReadFailures = """
        SELECT coalesce(i.error_code, lower(i.state)) AS code, count(*) AS items, sum(i.amount)::bigint AS amount,
            min(i.settlement_id::text) AS example
        FROM (SELECT settlement_id FROM settlement WHERE state IN ('FAILED', 'AWAITING_RETRY')
              ORDER BY updated_at DESC LIMIT 1000) s
        JOIN settlement_item i USING (settlement_id) WHERE i.state IN ('FAILED', 'REJECTED', 'IN_DOUBT')
        GROUP BY 1 ORDER BY 3 DESC LIMIT 20
        """;

    public async Task<Overview> Read(CancellationToken cancel) => new(
        await database.Query<RunLine>(ReadRuns, cancel), await database.Query<StateLine>(ReadStates, cancel),
        await database.Query<FailureLine>(ReadFailures, cancel),
            (await operations.Alerts("OPEN", 20, null, cancel)).Items);
}
