using System.Diagnostics;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>Polls a condition with a limit, the only way in which these tests wait.</summary>
public static class Eventually
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    public static async Task Holds(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        using var tick = new PeriodicTimer(Between);
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
                Assert.Fail($"after {limit.TotalSeconds:F0} s it still does not hold that {what}");
            await tick.WaitForNextTickAsync();
        }
    }

    public static Task Equals<T>(T expected, Func<Task<T>> read, string what, int seconds = 30)
    {
        return Holds(
            async () => EqualityComparer<T>.Default.Equals(await read(), expected),
            TimeSpan.FromSeconds(seconds),
            $"{what} is {expected}"
        );
    }
}
