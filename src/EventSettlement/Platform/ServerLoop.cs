namespace EventSettlement.Platform;

/// <summary>What every loop of the server shares: whatever goes wrong in a step, it must not give up.</summary>
internal static class ServerLoop
{
    /// <summary>
    /// Does one step. Answers whether it went well; what went wrong is given to <paramref name="failed"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public static async Task<bool> Try(
        Func<CancellationToken, Task> step,
        Action<Exception> failed,
        CancellationToken stop
    )
    {
        try
        {
            await step(stop);
            return true;
        }
#pragma warning disable CA1031 // Whatever is away, in whichever words: a loop of the server must not give up.
        catch (Exception wrong) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            failed(wrong);
            return false;
        }
    }
}
