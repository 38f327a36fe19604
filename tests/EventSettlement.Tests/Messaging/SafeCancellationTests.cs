using EventSettlement.Messaging;

namespace EventSettlement.Tests.Messaging;

public sealed class SafeCancellationTests
{
    [Fact]
    public async Task A_connection_that_breaks_while_it_is_cancelled_does_not_turn_the_stop_into_a_crash()
    {
        using var stop = new CancellationTokenSource();
        var told = 0;
        stop.Token.Register(() => told++);
        stop.Token.Register(() => throw new ObjectDisposedException("a connection's lock"));
        stop.Token.Register(() => told++);

        await stop.CancelSafelyAsync();

        Assert.True(stop.IsCancellationRequested);
        Assert.Equal(2, told);
    }

    [Fact]
    public void What_else_goes_wrong_in_a_stop_is_seen()
    {
        using var stop = new CancellationTokenSource();
        stop.Token.Register(() => throw new InvalidOperationException("a mistake of ours"));

        Assert.Throws<AggregateException>(stop.CancelSafely);
    }
}
