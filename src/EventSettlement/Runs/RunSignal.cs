namespace EventSettlement.Runs;

/// <summary>Wakes this process's planner; one in another process looks by itself.</summary>
public sealed class RunSignal : IDisposable
{
    private readonly SemaphoreSlim raised = new(0, 1);

    public void Raise()
    {
        try
        {
            raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // Raised and not yet seen: once is enough.
        }
    }

    public Task Wait(TimeSpan atMost, CancellationToken cancel) => raised.WaitAsync(atMost, cancel);

    public void Dispose() => raised.Dispose();
}
