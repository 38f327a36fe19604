using System.Diagnostics;
using System.Globalization;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Tests.Payouts;

public sealed class BootClockTests
{
    [Fact]
    public void The_claim_clock_only_goes_forward()
    {
        var first = BootClock.Now;
        Assert.InRange(BootClock.Now - first, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_claim_clock_counts_suspension()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // The kernel's own account of the time since boot counts it too.
        var told = File.ReadAllText("/proc/uptime").Split(' ')[0];
        var uptime = TimeSpan.FromSeconds(double.Parse(told, CultureInfo.InvariantCulture));
        Assert.InRange(BootClock.Now - uptime, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Who_was_told_to_wait_waits_no_less()
    {
        var wait = TimeSpan.FromMilliseconds(10);
        var waited = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async n =>
                {
                    // They begin at many moments of the timer's own tick.
                    await BootClock.Wait(TimeSpan.FromMilliseconds(n), CancellationToken.None);
                    var began = Stopwatch.GetTimestamp();
                    await BootClock.Wait(wait, CancellationToken.None);
                    return Stopwatch.GetElapsedTime(began);
                })
        );
        Assert.True(waited.Min() >= wait, $"one waited {waited.Min().TotalMilliseconds} ms");
    }

    [Theory]
    [InlineData(true, false, 7)]
    [InlineData(false, true, 4)]
    [InlineData(false, false, null)]
    public void A_machine_whose_clock_stops_in_sleep_makes_no_claims(bool linux, bool macOS, int? clock) =>
        Assert.Equal(clock, BootClock.ClockOf(linux, macOS));
}
