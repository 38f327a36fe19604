using System.Diagnostics;

namespace EventSettlement.IntegrationTests.Runs;

/// <summary>Waits for a condition, not for a time.</summary>
internal static class Poll
{
    public static async Task Until(Func<Task<bool>> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!await condition())
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(20), "the condition did not come true in 20 s");
    }
}
