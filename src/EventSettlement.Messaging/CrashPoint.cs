using System.Globalization;
using System.Runtime.InteropServices;

namespace EventSettlement.Messaging;

/// <summary>
/// Named moments at which a test may kill the process for real: <c>EVENTSETTLEMENT_CRASH_AT=K07:3</c> is SIGKILL at the
/// third hit of K07, <c>K07:3:stop</c> a SIGSTOP there, for a process that comes back after another took over. A field
/// compare when unset.
/// </summary>
public static partial class CrashPoint
{
    private const int KillNow = 9;
    private const int Stop = 19;
    private static readonly (string Name, int Nth, int Signal)? Target = Parse(
        Environment.GetEnvironmentVariable("EVENTSETTLEMENT_CRASH_AT")
    );
    private static int _hits;

    public static void Hit(string name)
    {
        if (Target is { } target && target.Name == name && Interlocked.Increment(ref _hits) == target.Nth)
            _ = Kill(Environment.ProcessId, target.Signal);
    }

    private static (string, int, int)? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var parts = text.Split(':');
        return (
            parts[0],
            parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1,
            parts is [_, _, "stop"] ? Stop : KillNow
        );
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
