using System.Runtime.InteropServices;

namespace EventSettlement.Payouts.Calls;

/// <summary>
/// Time since boot, suspension included: after a laptop lid or a paused machine a claim must look as old as it is,
/// which <see cref="Environment.TickCount64"/> does not tell on Linux.
/// </summary>
internal static partial class BootClock
{
    private const int ClockBootTime = 7;

    public static TimeSpan Now => OperatingSystem.IsLinux() && GetTime(ClockBootTime, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick)
        : TimeSpan.FromMilliseconds(Environment.TickCount64);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
