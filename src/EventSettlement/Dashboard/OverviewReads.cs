using EventSettlement.Alerts;
using EventSettlement.Api;
using EventSettlement.Contracts;
using EventSettlement.EventLog;
using EventSettlement.Payouts;
using EventSettlement.Runs;
using EventSettlement.Settlements;

namespace EventSettlement.Dashboard;

/// <summary>What the page shows.</summary>
/// <param name="Unfinished">Runs under way, with what they wait for.</param>
/// <param name="Runs">The last ones, newest first.</param>
/// <param name="StoppedDownstreams">By name.</param>
/// <param name="Held">Settlements that wait for an operator's release.</param>
public sealed record Overview(
    IReadOnlyList<RunView> Unfinished,
    IReadOnlyList<RunView> Runs,
    IReadOnlyList<RunTotals> States,
    IReadOnlyList<FailureCount> Failures,
    IReadOnlyList<AlertRow> Alerts,
    WaitingMessages Waiting,
    IReadOnlyList<string> StoppedDownstreams,
    long Held
);

/// <summary>
/// Asks the slices, once a second however many look. Sums come from the lanes of the runs, so a million settlements
/// cost nothing; failures are looked for in the settlements themselves, and so less often.
/// </summary>
public sealed class OverviewReads(
    RunQueries runs,
    SettlementReads settlements,
    ItemReads items,
    DownstreamReads downstreams,
    AlertReads alerts,
    WaitingReads waiting
) : IDisposable
{
    private const int LastRuns = 10;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FailuresLife = TimeSpan.FromSeconds(4);

    /// <summary>Settlements whose items are looked at, failed ones first.</summary>
    public const int MostFailures = 5_000;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private (Overview Shown, long At)? _last;
    private (IReadOnlyList<FailureCount> Counts, long At)? _failures;

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
        var states = await runs.SumStates(cancel);
        return new Overview(
            await runs.Unfinished(cancel),
            await runs.List(LastRuns, null, cancel),
            states,
            await Failures(states, cancel),
            (await alerts.List("OPEN", Paging.MaxLimit, null, cancel)).Items,
            await waiting.Count(cancel),
            await downstreams.Stopped(cancel),
            await settlements.CountHeld(cancel)
        );
    }

    private async Task<IReadOnlyList<FailureCount>> Failures(List<RunTotals> states, CancellationToken cancel)
    {
        if (!states.Exists(s => s.State is SettlementStates.Failed or SettlementStates.AwaitingRetry))
            return [];
        if (_failures is not { } last || TimeProvider.System.GetElapsedTime(last.At) > FailuresLife)
            _failures = last = (await items.Failures(MostFailures, cancel), TimeProvider.System.GetTimestamp());
        return last.Counts;
    }
}
