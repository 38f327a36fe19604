using System.Diagnostics;
using System.Globalization;

namespace EventSettlement.Faults.World;

/// <summary>
/// Waits for the end of this program, however it comes (Ctrl-C, a signal, a crash), and clears up what is left of its
/// runs: their processes, their file systems and the folders of those that had not come to their end.
/// </summary>
internal static class Bystander
{
    // Every process of a run works in the run's folder, and nobody else does. It looks twice, since one may be just
    // starting another.
    private const string Script = """
        while kill -0 "$1" 2>/dev/null; do sleep 1; done
        for look in 1 2; do
            for process in /proc/[0-9]*; do
                case "$(readlink "$process/cwd" 2>/dev/null)" in
                    "$2"/*) kill -9 "${process#/proc/}" 2>/dev/null;;
                esac
            done
        done
        while read -r device folder rest; do
            case "$folder" in "$2"/*) umount -l "$folder" 2>/dev/null;; esac
        done </proc/mounts
        for folder in "$2"/*/; do
            if [ -e "$folder/unfinished" ]; then rm -rf "$folder"; fi
        done
        rm -rf "$2"/template* "$2"/planted
        rmdir "$2" 2>/dev/null
        """;

    public static void Start(string root) =>
        Process
            .Start(
                new ProcessStartInfo(
                    "setsid",
                    ["sh", "-c", Script, "sh", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), root]
                )
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )
            ?.Dispose();
}
