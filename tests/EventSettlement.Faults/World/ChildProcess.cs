using System.Diagnostics;
using System.Globalization;

namespace EventSettlement.Faults.World;

/// <summary>A process of ours whose output goes to a file; it dies with whoever kills it and in no other way.</summary>
internal sealed class ChildProcess
{
    private const string Redirect = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null";
    private readonly Process _process;

    private ChildProcess(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static ChildProcess Start(
        string name,
        string log,
        IEnumerable<KeyValuePair<string, string>> environment,
        params string[] words
    )
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Redirect, "sh", log, .. words])
        {
            WorkingDirectory = Path.GetDirectoryName(log)!,
        };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return new ChildProcess(name, Process.Start(start)!);
    }

    /// <summary>Whether a .NET process has come so far that it is asked what to do on a signal.</summary>
    public bool HearsSignals
    {
        get
        {
            try
            {
                return Directory
                    .EnumerateDirectories($"/proc/{Id}/task")
                    .Any(t => File.ReadAllText($"{t}/comm").Contains("SigHandler", StringComparison.Ordinal));
            }
            catch (IOException)
            {
                // A thread, or all of it, has ended meanwhile.
                return false;
            }
        }
    }

    /// <param name="signal">Such as STOP, CONT, TERM or KILL.</param>
    public void Signal(string signal) => Send(signal, Id);

    public void Kill()
    {
        if (!HasExited)
            Signal("KILL");
        _process.WaitForExit();
    }

    public async Task<bool> Exits(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(late.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        return _process.HasExited;
    }

    public static void Send(string signal, params int[] processes)
    {
        if (processes.Length == 0)
            return;
        string[] words = ["-" + signal, .. processes.Select(p => p.ToString(CultureInfo.InvariantCulture))];
        using var kill = Process.Start(new ProcessStartInfo("kill", words) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    /// <summary>Children of a process, as the kernel lists them now.</summary>
    public static int[] ChildrenOf(int parent)
    {
        var file = $"/proc/{parent}/task/{parent}/children";
        return !File.Exists(file)
            ? []
            :
            [
                .. File.ReadAllText(file)
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
            ];
    }

    /// <summary>Runs to the end and answers what it printed.</summary>
    public static async Task<string> Output(
        string program,
        string[] words,
        IEnumerable<KeyValuePair<string, string>>? environment = null,
        string folder = ""
    )
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (key, value) in environment ?? [])
            start.Environment[key] = value;
        using var process = Process.Start(start)!;
        var wrong = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? said
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', words)} ended with {process.ExitCode}: {said}{await wrong}"
            );
    }
}
