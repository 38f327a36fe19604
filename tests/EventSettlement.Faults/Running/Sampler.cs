using EventSettlement.Faults.Check;
using Npgsql;

namespace EventSettlement.Faults.Running;

/// <summary>Asks every other second for what must hold at every moment.</summary>
internal sealed class Sampler : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task _sampling;

    public Sampler(NpgsqlDataSource database, string folder, List<Violation> violations, bool offsets) =>
        _sampling = Task.Run(async () =>
        {
            using var tick = new PeriodicTimer(TimeSpan.FromSeconds(2));
            while (!_over.IsCancellationRequested)
            {
                try
                {
                    violations.AddRange(await Checker.Sample(database, folder, offsets));
                    await tick.WaitForNextTickAsync(_over.Token);
                }
                catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
                {
                    // The database is killed by some faults; the next look finds it again.
                    await Task.Delay(200);
                }
            }
        });

    public async Task Stop()
    {
        await _over.CancelAsync();
        await _sampling;
    }

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }
}
