using EventSettlement.Api;
using EventSettlement.Contracts;
using EventSettlement.Platform;
using EventSettlement.Runs;

namespace EventSettlement.Dashboard;

public sealed record RunLine(
    long RunId,
    string Programme,
    DateOnly BusinessDate,
    string Kind,
    string State,
    long Planned,
    long Completed,
    long Failed,
    long Retrying,
    long Ended,
    decimal Amount
);

public sealed record StateLine(string State, long Settlements, long Items, decimal Amount);

public sealed record FailureLine(string Code, long Items, decimal Amount, string Example, string Subject);

/// <summary>Work that waits; all of it is nought on a quiet day.</summary>
public sealed record Backlog(long Parked, long Outbox, long OverdueTimers, long StoppedDownstreams, long Held);

/// <summary>What the page shows.</summary>
/// <param name="Unfinished">The run under way, with what it waits for.</param>
public sealed record Overview(
    RunView? Unfinished,
    IReadOnlyList<RunLine> Runs,
    IReadOnlyList<StateLine> States,
    IReadOnlyList<FailureLine> Failures,
    IReadOnlyList<AlertRow> Alerts,
    Backlog Backlog
);

/// <summary>
/// Reads the page's tables, once a second however many look. Sums come from the lanes of the runs, so a million
/// settlements cost nothing; failures are looked for in the settlements themselves, and so less often.
/// </summary>
public sealed class OverviewReads(Database database, OperationReads operations, RunQueries runs) : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FailuresLife = TimeSpan.FromSeconds(4);

    /// <summary>Settlements whose items are looked at, failed ones first.</summary>
    public const int MostFailures = 5_000;

    private const string ReadRuns = """
        SELECT run_id, programme, business_date, kind, r.state,
            coalesce(sum(settlements) FILTER (WHERE p.state = 'PLANNED'), 0)::bigint AS planned,
            coalesce(sum(settlements) FILTER (WHERE p.state = 'COMPLETED'), 0)::bigint AS completed,
            coalesce(sum(settlements) FILTER (WHERE p.state = 'FAILED'), 0)::bigint AS failed,
            coalesce(sum(settlements) FILTER (WHERE p.state = 'AWAITING_RETRY'), 0)::bigint AS retrying,
            coalesce(sum(settlements) FILTER (WHERE p.state IN ('COMPLETED', 'FAILED', 'CANCELLED')), 0)::bigint
                AS ended,
            coalesce(sum(amount) FILTER (WHERE p.state = 'PLANNED'), 0) AS amount
        FROM (SELECT * FROM run ORDER BY run_id DESC LIMIT 10) r LEFT JOIN run_progress p USING (run_id)
        GROUP BY run_id, programme, business_date, kind, r.state ORDER BY run_id DESC
        """;

    private const string ReadStates = """
        SELECT state, sum(settlements)::bigint AS settlements, sum(items)::bigint AS items,
            sum(amount) AS amount
        FROM run_progress WHERE state <> 'PLANNED' GROUP BY state HAVING sum(settlements) <> 0
        """;

    private const string ReadFailures = """
        SELECT coalesce(i.error_code, lower(i.state)) AS code, count(*) AS items, sum(i.amount) AS amount,
            (array_agg(s.settlement_id::text ORDER BY s.updated_at DESC))[1] AS example,
            (array_agg(s.subject ORDER BY s.updated_at DESC))[1] AS subject
        FROM (SELECT settlement_id, subject, updated_at FROM settlement WHERE state IN ('FAILED', 'AWAITING_RETRY')
              ORDER BY state = 'FAILED' DESC, updated_at DESC LIMIT $1) s
        JOIN settlement_item i USING (settlement_id) WHERE i.state IN ('FAILED', 'REJECTED', 'IN_DOUBT')
        GROUP BY 1 ORDER BY 3 DESC LIMIT 20
        """;

    private const string ReadBacklog = """
        SELECT (SELECT count(*) FROM parked_message WHERE status = 'PARKED') AS parked,
            (SELECT count(*) FROM outbox) AS outbox,
            (SELECT count(*) FROM scheduled_message WHERE due_at < clock() - interval '5 seconds') AS overdue_timers,
            (SELECT count(*) FROM downstream WHERE state = 'STOPPED') AS stopped_downstreams,
            (SELECT count(*) FROM settlement WHERE held) AS held
        """;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private (Overview Shown, long At)? _last;
    private (IReadOnlyList<FailureLine> Lines, long At)? _failures;

    /// <summary>At most a second old.</summary>
    public async Task<Overview> Read(CancellationToken cancel)
    {
        await _reading.WaitAsync(cancel);
        try
        {
            if (_last is not { } last || TimeProvider.System.GetElapsedTime(last.At) > Life)
                _last = last = (await ReadNow(cancel), TimeProvider.System.GetTimestamp());
            return last.Shown;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task<Overview> ReadNow(CancellationToken cancel)
    {
        var states = await database.Query<StateLine>(ReadStates, cancel);
        return new Overview(
            await runs.ShowUnfinished(Programmes.StudyRefund, cancel),
            await database.Query<RunLine>(ReadRuns, cancel),
            states,
            await Failures(states, cancel),
            (await operations.Alerts("OPEN", Paging.MaxLimit, null, cancel)).Items,
            (await database.Query<Backlog>(ReadBacklog, cancel)).Single()
        );
    }

    private async Task<IReadOnlyList<FailureLine>> Failures(List<StateLine> states, CancellationToken cancel)
    {
        if (!states.Exists(s => s.State is "FAILED" or "AWAITING_RETRY"))
            return [];
        if (_failures is not { } last || TimeProvider.System.GetElapsedTime(last.At) > FailuresLife)
            _failures = last = (
                await database.Query<FailureLine>(ReadFailures, cancel, MostFailures),
                TimeProvider.System.GetTimestamp()
            );
        return last.Lines;
    }
}
