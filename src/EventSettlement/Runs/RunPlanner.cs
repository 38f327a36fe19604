using EventSettlement.Messaging;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
using EventSettlement.Runs.Planning;
using Npgsql;

namespace EventSettlement.Runs;

/// <summary>
/// Turns what a programme owes into settlements, chunk by chunk; killed anywhere, it goes on where it was. Runs of
/// different programmes are planned side by side.
/// </summary>
public sealed partial class RunPlanner(
    Database database,
    ProgrammeList programmes,
    Settings settings,
    IOutgoingWriter outgoing,
    Topology topology,
    RunSignal signal,
    ILogger<RunPlanner> log
) : BackgroundService
{
    /// <summary>Messages waiting for the relay, above which planning pauses.</summary>
    public const long MaxWaiting = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ForRoom = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Plans one run to its end, or until it is taken away or stopped.</summary>
    /// <param name="maxChunks">Ends early, as if the process had been killed there.</param>
    /// <returns>Whether there was a run to plan.</returns>
    public async Task<bool> Step(CancellationToken cancel, int maxChunks = int.MaxValue)
    {
        if (await RunLease.Acquire(database, programmes.Names, cancel) is not { } lease)
            return false;
        await Plan(lease, maxChunks, cancel);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // At most one a programme, since a programme has at most one unfinished run.
        var planning = new List<Task<bool>>();
        using var woken = signal.Subscribe();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                RunLease? lease = null;
                var next = woken.Next;
                var looked = await ServerLoop.Try(
                    async cancel => lease = await RunLease.Acquire(database, programmes.Names, cancel),
                    Failed,
                    stoppingToken
                );
                planning.RemoveAll(task => task.IsCompleted);
                if (lease is { } run)
                    planning.Add(ServerLoop.Try(cancel => Plan(run, int.MaxValue, cancel), Failed, stoppingToken));
                else
                    await Wakeup.Subscription.Wait(next, looked ? Interval : AfterFailure, stoppingToken);
            }
        }
        finally
        {
            await ((Task)Task.WhenAll(planning)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Plan(RunLease lease, int maxChunks, CancellationToken cancel)
    {
        try
        {
            await PlanChunks(lease, maxChunks, cancel);
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            // Not at once: what went wrong would go wrong again.
            await Task.Delay(AfterFailure, cancel);
            await lease.Leave(database, cancel);
            throw;
        }
        catch (OperationCanceledException)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await lease.Leave(database, limit.Token);
            throw;
        }
    }

    private async Task PlanChunks(RunLease lease, int maxChunks, CancellationToken cancel)
    {
        var programme = programmes.Of(lease.Programme);
        var downstream = settings.Get(ProgrammeSettings.Downstream, lease.Programme);
        var writing = new PlanChunk(lease, programme, downstream, outgoing, topology);
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var chunks = programme.ReadOwed(lease.Question, enough.Token).GetAsyncEnumerator(enough.Token);
        var reading = chunks.MoveNextAsync().AsTask();
        try
        {
            for (var written = 0; written < maxChunks; written++)
            {
                if (!await Keep(lease, connection, reading, cancel))
                    return;
                if (!await reading)
                {
                    await lease.Finish(connection, await programme.Close(lease.Question, cancel), cancel);
                    return;
                }

                // The next chunk is read and computed while this one is written.
                var chunk = chunks.Current;
                reading = chunks.MoveNextAsync().AsTask();
                if (!await HasRoom(lease, connection, cancel) || !await writing.Write(connection, chunk, cancel))
                    return;
                CrashPoint.Hit(SettlementCrashPoints.ChunkPlanned);
            }
        }
        finally
        {
            // An enumerator is not disposed of while it moves.
            await enough.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What takes long to read, or waits for facts, must not look like a planner that is gone.</summary>
    /// <returns>False when the run is another planner's, or stopped.</returns>
    private static async Task<bool> Keep(
        RunLease lease,
        NpgsqlConnection connection,
        Task reading,
        CancellationToken cancel
    )
    {
        while (await Task.WhenAny(reading, Task.Delay(RenewEvery, cancel)) != reading)
            if (await lease.Renew(connection, cancel) is null)
                return false;
        return true;
    }

    private async Task<bool> HasRoom(RunLease lease, NpgsqlConnection connection, CancellationToken cancel)
    {
        while (await outgoing.CountWaiting(cancel) > MaxWaiting)
        {
            if (await lease.Renew(connection, cancel) is null)
                return false;
            await Task.Delay(ForRoom, cancel);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Planning was interrupted; it goes on where it was")]
    private partial void Failed(Exception wrong);
}
