using EventSettlement.Contracts;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Settlements;

namespace EventSettlement.Runs;

/// <summary>Runs to look at. However many are asked for, each table is read once.</summary>
public sealed class RunQueries(Database database)
{
    private const string Columns = """
        run_id AS id, programme, business_date AS date, kind, seq, state, pay_at, actor, planned, created_at,
        planned_at, finished_at, stop_reason,
        state = 'PLANNING' AND created_at < clock() - interval '15 seconds'
            AND coalesce(lease_until < clock() - interval '15 seconds', true) AS unattended
        """;

    private const string ListRuns = $"""
        SELECT {Columns} FROM run WHERE run_id < @before ORDER BY run_id DESC LIMIT @limit
        """;

    private const string OneRun = $"SELECT {Columns} FROM run WHERE run_id = @run";

    private const string ListUnfinished = $"""
        SELECT {Columns} FROM run
        WHERE state IN ('PLANNING', 'PAYING') AND (@programme IS NULL OR programme = @programme) ORDER BY run_id
        """;

    private const string SumLanes = """
        SELECT run_id, state, sum(settlements)::bigint AS settlements, sum(items)::bigint AS items,
            sum(amount) AS amount
        FROM run_progress WHERE run_id = ANY (@runs) GROUP BY run_id, state ORDER BY run_id, state
        """;

    private const string SumAllLanes = """
        SELECT state, sum(settlements)::bigint AS settlements, sum(items)::bigint AS items, sum(amount) AS amount
        FROM run_progress WHERE state <> 'PLANNED' GROUP BY state HAVING sum(settlements) <> 0
        """;

    private readonly SettlementReads _settlements = new(database);
    private readonly DownstreamReads _downstreams = new(database);

    /// <summary>Newest first.</summary>
    /// <param name="before">The run id after which the last page ended; null = from the newest.</param>
    public async Task<IReadOnlyList<RunView>> List(int limit, long? before, CancellationToken cancel) =>
        await View(
            await database.Query<Run>(ListRuns, new { before = before ?? long.MaxValue, limit }, cancel),
            cancel
        );

    /// <returns>Null when there is no such run.</returns>
    public async Task<RunView?> Show(long run, CancellationToken cancel) =>
        (await View(await database.Query<Run>(OneRun, new { run }, cancel), cancel)).SingleOrDefault();

    /// <returns>The one run of the programme that holds up the next one; null when none does.</returns>
    public async Task<RunView?> ShowUnfinished(string programme, CancellationToken cancel) =>
        (await View(await database.Query<Run>(ListUnfinished, new { programme }, cancel), cancel)).SingleOrDefault();

    /// <summary>Those under way, at most one a programme.</summary>
    public async Task<IReadOnlyList<RunView>> Unfinished(CancellationToken cancel) =>
        await View(await database.Query<Run>(ListUnfinished, new { programme = (string?)null }, cancel), cancel);

    /// <summary>Settlements of all runs by the state that they are in.</summary>
    public Task<List<RunTotals>> SumStates(CancellationToken cancel) =>
        database.Query<RunTotals>(SumAllLanes, null, cancel);

    private async Task<IReadOnlyList<RunView>> View(List<Run> runs, CancellationToken cancel)
    {
        if (runs.Count == 0)
            return [];
        var lanes = await database.Query<LaneSum>(SumLanes, new { runs = runs.Select(r => r.Id).ToArray() }, cancel);
        var totals = lanes.ToLookup(
            lane => lane.RunId,
            lane => new RunTotals(lane.State, lane.Settlements, lane.Items, lane.Amount)
        );
        var retrying = runs.ToDictionary(
            run => run.Id,
            run => totals[run.Id].SingleOrDefault(t => t.State == SettlementStates.AwaitingRetry)?.Settlements ?? 0
        );
        var waiting = await _settlements.Waiting(
            runs.Where(run => run.IsUnfinished || retrying[run.Id] > 0)
                .ToDictionary(run => run.Id, run => retrying[run.Id] > 0),
            cancel
        );
        List<string> stopped = runs.Exists(run => run.IsUnfinished) ? await _downstreams.Stopped(cancel) : [];
        return runs.ConvertAll(run => new RunView(
            run,
            [.. totals[run.Id]],
            retrying[run.Id],
            waiting.GetValueOrDefault(run.Id)?.NextRetryAt,
            run.IsUnfinished ? waiting[run.Id].Held : 0,
            run.IsUnfinished && stopped.Count > 0 ? string.Join(", ", stopped) : null
        ));
    }

    private sealed record LaneSum(long RunId, string State, long Settlements, long Items, decimal Amount);
}
