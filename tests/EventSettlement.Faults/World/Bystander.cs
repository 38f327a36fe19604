using System.Diagnostics;
using System.Globalization;

namespace EventSettlement.Faults.World;

/// <summary>Waits for the end of this program, however it comes, and ends what is left of its runs.</summary>
internal static class Bystander
{
    // Every process of a run works in the run's folder, and nobody else does.
    private const string Script = """
        while kill -0 "$1" 2>/dev/null; do sleep 1; done
        for process in /proc/[0-9]*; do
            case "$(readlink "$process/cwd")" in "$2"/*) kill -9 "${process#/proc/}";; esac
        done
        """;

    public static void Start(string root) => Process.Start(new ProcessStartInfo("setsid",
        ["sh", "-c", Script, "sh", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), root])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })?.Dispose();
}
