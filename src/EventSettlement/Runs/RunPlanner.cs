using EventSettlement.Messaging;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using EventSettlement.Runs.Planning;
using Npgsql;

namespace EventSettlement.Runs;

/// <summary>
/// Turns the facts of a run into settlements, chunk by chunk; killed anywhere, it goes on where it was.
/// </summary>
public sealed partial class RunPlanner(
    Database database,
    IOutgoingWriter outgoing,
    Topology topology,
    RunSignal signal,
    ILogger<RunPlanner> log
) : BackgroundService
{
    /// <summary>Messages waiting for the relay, above which planning pauses.</summary>
    public const long MaxWaiting = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Plans one run to its end, or until it is taken away or stopped.</summary>
    /// <param name="maxChunks">Ends early, as if the process had been killed there.</param>
    /// <returns>Whether there was a run to plan.</returns>
    public async Task<bool> Step(CancellationToken cancel, int maxChunks = int.MaxValue)
    {
        if (await RunLease.Take(database, cancel) is not { } lease)
            return false;
        try
        {
            await Plan(lease, maxChunks, cancel);
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            await lease.Leave(database, cancel);
            throw;
        }
        catch (OperationCanceledException)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await lease.Leave(database, limit.Token);
            throw;
        }

        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var planned = false;
            if (!await ServerLoop.Try(async stop => planned = await Step(stop), Failed, stoppingToken))
                await signal.Wait(AfterFailure, stoppingToken);
            else if (!planned)
                await signal.Wait(Interval, stoppingToken);
        }
    }

    private async Task Plan(RunLease lease, int maxChunks, CancellationToken cancel)
    {
        var reader = new StudyReader(database, RunCalendar.Begin(lease.Date));
        var chunks = new PlanChunk(lease, outgoing, topology);
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        var reading = reader.Next(cancel);
        for (var written = 0; written < maxChunks; written++)
        {
            var chunk = await reading;
            if (chunk.Count == 0)
            {
                await lease.Finish(connection, cancel);
                return;
            }

            // The next chunk is read and computed while this one is written.
            reading = reader.Next(cancel);
            if (!await Room(lease, connection, cancel) || !await chunks.Write(connection, chunk, cancel))
                break;
            CrashPoint.Hit("K20");
        }

        await reading;
    }

    private async Task<bool> Room(RunLease lease, NpgsqlConnection connection, CancellationToken cancel)
    {
        while (await outgoing.CountWaiting(cancel) > MaxWaiting)
        {
            if (await lease.Hold(connection, null, cancel) is null)
                return false;
            await Task.Delay(Interval, cancel);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Planning was interrupted; it goes on where it was")]
    private partial void Failed(Exception wrong);
}
