namespace EventSettlement.Messaging;

/// <summary>
/// Cancels without suffering for it: Npgsql's callback on a connection that is breaking at this very moment throws,
/// and an end in order must not turn into a crash, nor a lost partition into a lost group.
/// </summary>
internal static class SafeCancellation
{
    public static void CancelSafely(this CancellationTokenSource stop)
    {
        try
        {
            stop.Cancel();
        }
        catch (AggregateException thrown) when (thrown.Flatten().InnerExceptions.All(e => e is ObjectDisposedException))
        {
            // The token is cancelled and every callback has run: whoever threw had nothing left to cancel.
        }
    }

    public static Task CancelSafelyAsync(this CancellationTokenSource stop) => Task.Run(stop.CancelSafely);
}
