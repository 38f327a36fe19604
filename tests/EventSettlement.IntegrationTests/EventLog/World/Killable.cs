using System.Diagnostics;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>A real process of EventSettlement.KillTarget.</summary>
public sealed class Killable : IAsyncDisposable
{
    private readonly Process _process;

    private Killable(Process process) => _process = process;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static async Task<Killable> Start(string[] arguments, string? crashAt)
    {
        var target = Path.Combine(AppContext.BaseDirectory, "EventSettlement.KillTarget.dll");
        var start = new ProcessStartInfo("dotnet", [target, .. arguments]) { RedirectStandardOutput = true };
        start.Environment["EVENTSETTLEMENT_CRASH_AT"] = crashAt ?? "";
        var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadLineAsync();
        Assert.Equal("ready", said);
        _ = process.StandardOutput.ReadToEndAsync();
        return new Killable(process);
    }

    /// <summary>Whether it has loaded a file whose name has this in it.</summary>
    public bool HasLoaded(string name) =>
        File.ReadAllText($"/proc/{_process.Id}/maps").Contains(name, StringComparison.Ordinal);

    /// <param name="name">Such as STOP, CONT, TERM or KILL.</param>
    public Task Signal(string name) => Signals.Send(name, _process.Id);

    /// <summary>Ends in order: drains, commits, leaves.</summary>
    public async Task Stop()
    {
        await Signal("TERM");
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
