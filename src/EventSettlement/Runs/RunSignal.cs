namespace EventSettlement.Runs;

/// <summary>Wakes this process's planner; one in another process looks by itself.</summary>
public sealed class RunSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);

    public void Raise()
    {
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // Raised and not yet seen: once is enough.
        }
    }

    public Task Wait(TimeSpan atMost, CancellationToken cancel) => _raised.WaitAsync(atMost, cancel);

    public void Dispose() => _raised.Dispose();
}
