using System.Globalization;
using System.Text.Json;
using EventSettlement.Platform;

namespace EventSettlement.Desk;

/// <summary>
/// A process that outlives the one that started it, known by a pid file. A number alone may belong to somebody else by
/// now, so the file holds the kernel's start time of the process too.
/// </summary>
internal sealed class OwnedProcess(string folder, string name)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _pidFile = Path.Combine(folder, name + ".pid");

    public string LogFile { get; } = Path.Combine(folder, name + ".log");

    public void Start(IReadOnlyList<string> words, IReadOnlyDictionary<string, string?> environment)
    {
        if (File.Exists(LogFile))
            File.Move(LogFile, LogFile + ".old", overwrite: true);
        var pid = Shell.Detach(words[0], words.Skip(1), LogFile, environment, folder);
        var started =
            Shell.StartTime(pid) ?? throw new InvalidOperationException($"{name} ended at once, see {LogFile}");
        File.WriteAllText(_pidFile, JsonSerializer.Serialize(new Mark(pid, started)));
    }

    public int? RunningPid()
    {
        if (!File.Exists(_pidFile))
            return null;
        try
        {
            return
                JsonSerializer.Deserialize<Mark>(File.ReadAllText(_pidFile)) is { } mark
                && Shell.StartTime(mark.Pid) == mark.Started
                ? mark.Pid
                : null;
        }
        catch (JsonException)
        {
            // Killed while it was written: nothing can be said of that process, and its port will tell.
            return null;
        }
    }

    /// <summary>Asks it to end, and makes it after a while; false = none ran.</summary>
    public bool Stop()
    {
        if (RunningPid() is not { } pid)
            return false;
        Signal("TERM", pid);
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (RunningPid() is not null && Environment.TickCount64 < until)
#pragma warning disable RS0030 // The command does nothing else, and nobody's thread is kept from work.
            Thread.Sleep(50);
#pragma warning restore RS0030
        if (RunningPid() is not null)
            Signal("KILL", pid);
        File.Delete(_pidFile);
        return true;
    }

    public string LastLines(int count) =>
        File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(count)) : "";

    private static void Signal(string signal, int pid) =>
        Shell.Run("sh", ["-c", "kill -$0 $1", signal, pid.ToString(CultureInfo.InvariantCulture)]);

    private sealed record Mark(int Pid, string Started);
}
