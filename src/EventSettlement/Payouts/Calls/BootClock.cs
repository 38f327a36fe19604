using System.Runtime.InteropServices;

namespace EventSettlement.Payouts.Calls;

/// <summary>
/// Time since boot, suspension included: after a laptop lid or a paused machine a claim must look as old as it is,
/// which <see cref="Environment.TickCount64"/> tells neither on Linux nor on macOS.
/// </summary>
internal static partial class BootClock
{
    // CLOCK_BOOTTIME of Linux; CLOCK_MONOTONIC_RAW of Darwin, which goes on in sleep as its CLOCK_UPTIME_RAW does not.
    private const int OnLinux = 7;
    private const int OnMacOS = 4;

    private static readonly int? Clock = ClockOf(OperatingSystem.IsLinux(), OperatingSystem.IsMacOS());

    /// <summary>Why no claim can be made on this machine; null = it can.</summary>
    public static string? Fault =>
        Clock is not null
            ? null
            : "The role payout needs a clock that counts suspension; it is known for Linux and macOS only";

    /// <exception cref="PlatformNotSupportedException">There is no such clock: see <see cref="Fault"/>.</exception>
    public static TimeSpan Now =>
        Clock is { } clock && GetTime(clock, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : throw new PlatformNotSupportedException(Fault ?? "The clock that counts suspension cannot be read");

    /// <summary>Never less than <paramref name="wait"/>; a timer alone may end some milliseconds early.</summary>
    public static async Task Wait(TimeSpan wait, CancellationToken cancel)
    {
        var until = Now + wait;
        while (until - Now is { Ticks: > 0 } left)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), cancel);
    }

    public static int? ClockOf(bool linux, bool macOS) =>
        linux ? OnLinux
        : macOS ? OnMacOS
        : null;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
