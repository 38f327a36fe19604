using System.Diagnostics;
using System.Text.Json;
using EventSettlement.Platform;

namespace EventSettlement.Bench.ViewLogs;

/// <summary>Workers of one case: processes that stay for all its rounds, so that later rounds are warm.</summary>
internal sealed class IntakeWorkers : IAsyncDisposable
{
    private readonly List<Process> _processes = [];

    private IntakeWorkers() { }

    /// <summary>Largest resident memory that one of them has had so far, in MB.</summary>
    public double PeakMegabytes =>
        Math.Round(
            _processes.Max(process =>
            {
                process.Refresh();
                return process.PeakWorkingSet64;
            }) / 1e6
        );

    /// <summary>Processor time of all of them so far.</summary>
    public TimeSpan Processor =>
        _processes.Aggregate(
            TimeSpan.Zero,
            (sum, process) =>
            {
                process.Refresh();
                return sum + process.TotalProcessorTime;
            }
        );

    public static async Task<IntakeWorkers> Start(int count, CancellationToken cancel)
    {
        var workers = new IntakeWorkers();
        try
        {
            string[] words = [.. Shell.Self(), "bench", IntakeWorker.Name];
            for (var i = 0; i < count; i++)
                workers._processes.Add(
                    Process.Start(
                        new ProcessStartInfo(words[0], words.Skip(1))
                        {
                            RedirectStandardInput = true,
                            RedirectStandardOutput = true,
                        }
                    )!
                );
            await workers.Say(IntakeWorker.Ready, cancel);
            return workers;
        }
        catch
        {
            await workers.DisposeAsync();
            throw;
        }
    }

    /// <summary>All are up already, so they join the group at once.</summary>
    public async Task Begin(IntakeWork work, CancellationToken cancel)
    {
        var line = JsonSerializer.Serialize(work);
        foreach (var process in _processes)
            await Tell(process, line, cancel);
    }

    public async Task End(CancellationToken cancel)
    {
        foreach (var process in _processes)
            await Tell(process, "", cancel);
        await Say(IntakeWorker.Stopped, cancel);
    }

    /// <exception cref="InvalidOperationException">One has ended.</exception>
    public void MustRun()
    {
        foreach (var process in _processes)
            if (process.HasExited)
                throw new InvalidOperationException(
                    $"A worker ended with {process.ExitCode} while it was measured; its log stands above."
                );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private async Task Tell(Process process, string line, CancellationToken cancel)
    {
        MustRun();
        await process.StandardInput.WriteLineAsync(line.AsMemory(), cancel);
        await process.StandardInput.FlushAsync(cancel);
    }

    /// <summary>Waits until all have said a word; their log is on standard error.</summary>
    private async Task Say(string word, CancellationToken cancel)
    {
        foreach (var process in _processes)
            if (await process.StandardOutput.ReadLineAsync(cancel) is var said && said != word)
                throw new InvalidOperationException(
                    $"A worker said {said ?? "nothing, and ended,"} instead of {word}; its log stands above."
                );
    }
}
