using EventSettlement.Faults.Check;
using Npgsql;

namespace EventSettlement.Faults.Running;

/// <summary>Asks every other second for what must hold at every moment.</summary>
internal sealed class Sampler : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task<List<Violation>> _sampling;

    public Sampler(NpgsqlDataSource database, string folder, bool offsets) =>
        _sampling = Task.Run(() => Sample(database, folder, offsets));

    /// <returns>What did not hold at some moment.</returns>
    public async Task<List<Violation>> Stop()
    {
        await _over.CancelAsync();
        return await _sampling;
    }

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }

    private async Task<List<Violation>> Sample(NpgsqlDataSource database, string folder, bool offsets)
    {
        var (found, samples) = (new List<Violation>(), 0);
        while (!_over.IsCancellationRequested)
            try
            {
                found.AddRange(await Checker.Sample(database, folder, offsets));
                samples++;
                await Task.Delay(TimeSpan.FromSeconds(2), _over.Token);
            }
            catch (PostgresException refused) when (refused.SqlState.StartsWith("42", StringComparison.Ordinal))
            {
                // A table or column of another name would be asked for in vain for ever.
                return [new Violation("sampling", refused.Message)];
            }
            catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
            {
                // The database is killed by some faults; the next look finds it again.
                await Task.Delay(200);
            }

        return samples > 0 ? found : [new Violation("sampling", "not one look at the database came back")];
    }
}
