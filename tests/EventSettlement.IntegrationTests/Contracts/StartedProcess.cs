using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;

namespace EventSettlement.IntegrationTests.Contracts;

/// <summary>A program beside the tests, as an integrator starts it; killed when disposed of.</summary>
public sealed class StartedProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _output = new();

    private StartedProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Keep(line.Data, _lines, _output);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data, _lines);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Said => string.Join('\n', _lines);

    public static StartedProcess Start(
        string program,
        IEnumerable<string> words,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null
    )
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new StartedProcess(process);
    }

    /// <summary>This version of settle, whatever the desk of the tests is set to.</summary>
    public static StartedProcess Settle(string line, IReadOnlyDictionary<string, string> environment) =>
        Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "settle.dll"), .. line.Split(' ')], environment);

    /// <summary>Skips a test where a program is missing at a desk, and fails it on a build server.</summary>
    public static void Need(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, program))))
            throw TestServer.Missing($"{program} is not on the PATH: install it");
    }

    /// <summary>The address that it says it listens on.</summary>
    public async Task<Uri> Listens() => new((await Says(new Regex(@"http://127\.0\.0\.1:[0-9]+"))).Value);

    public async Task<Match> Says(Regex what)
    {
        await Eventually.Holds(
            () =>
                _process.HasExited && !what.IsMatch(Said)
                    ? throw new InvalidOperationException($"it ended with {_process.ExitCode}:\n{Said}")
                    : Task.FromResult(what.IsMatch(Said)),
            Patience,
            $"it says {what}"
        );
        return what.Match(Said);
    }

    /// <summary>Its standard output, once it has ended with 0.</summary>
    public async Task<string> Succeeds()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        // Once more without a limit: only this waits for the last lines as well.
        _process.WaitForExit();
        Assert.True(_process.ExitCode == 0, $"it ended with {_process.ExitCode}:\n{Said}");
        return string.Join('\n', _output);
    }

    /// <summary>The end of a stream comes as null, at any moment of the other one.</summary>
    private static void Keep(string? line, params ReadOnlySpan<ConcurrentQueue<string>> queues)
    {
        if (line is null)
            return;
        foreach (var queue in queues)
            queue.Enqueue(line);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
