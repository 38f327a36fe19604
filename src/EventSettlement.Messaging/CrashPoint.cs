using System.Globalization;
using System.Runtime.InteropServices;

namespace EventSettlement.Messaging;

/// <summary>
/// Named moments at which a test may kill the process for real: <c>EVENTSETTLEMENT_CRASH_AT=K07:3</c> is SIGKILL at the
/// third hit of K07. A field compare when unset.
/// </summary>
public static partial class CrashPoint
{
    private static readonly (string Name, int Nth)? Target =
        Parse(Environment.GetEnvironmentVariable("EVENTSETTLEMENT_CRASH_AT"));
    private static int hits;

    public static void Hit(string name)
    {
        if (Target is { } target && target.Name == name && Interlocked.Increment(ref hits) == target.Nth)
            _ = Kill(Environment.ProcessId, 9);
    }

    private static (string, int)? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var parts = text.Split(':');
        return (parts[0], parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
