using System.Diagnostics;

namespace EventSettlement.Faults.World;

/// <summary>Polls a condition with a limit.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    /// <returns>Seconds it took; null where the limit came first.</returns>
    public static async Task<double?> Until(TimeSpan limit, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            if (clock.Elapsed > limit)
                return null;
            await Task.Delay(Between);
        }

        return clock.Elapsed.TotalSeconds;
    }

    public static Task<double?> Until(TimeSpan limit, Func<bool> holds) => Until(limit, () => Task.FromResult(holds()));

    public static async Task Must(string what, TimeSpan limit, Func<Task<bool>> holds)
    {
        if (await Until(limit, holds) is null)
            throw new TimeoutException($"not within {limit.TotalSeconds} s: {what}");
    }
}
