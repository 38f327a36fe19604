using System.CommandLine;
using System.Runtime.InteropServices;
using EventSettlement.Cli;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;

namespace EventSettlement.Desk;

/// <summary><c>settle dev …</c>: an installation for a desk. <c>./run</c> is <c>settle dev run</c>.</summary>
public static class DevCommands
{
    public static Command Command()
    {
        var run = new Command("run", "Start everything, settle the sample and keep serving.");
        DevOptions.AddTo(run);
        run.SetAction((parsed, stop) => Run(DevOptions.From(parsed), stop));
        var up = new Command("up", "Start everything and leave it running.");
        DevOptions.AddTo(up);
        up.SetAction((parsed, stop) => Up(DevOptions.From(parsed), stop));
        return new Command("dev", "An installation of its own for this desk.")
        {
            run,
            up,
            InFolder("down", "Stop everything; data stays.", Down),
            InFolder("status", "Show what runs.", Status),
            DeskClock.Command(),
            InFolder("reset", "Stop everything and delete the data.", Reset),
        };
    }

    private static Command InFolder(string name, string description, Func<string, int> action)
    {
        var command = new Command(name, description);
        DevOptions.AddFolderTo(command);
        command.SetAction(parsed => action(DevOptions.FolderOf(parsed)));
        return command;
    }

    /// <param name="stop">Ctrl-C and SIGTERM. A closed terminal is ours to hear.</param>
    private static async Task<int> Run(DevOptions options, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var hangUp = PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true;
                ended.Cancel();
            }
        );
        var stack = new DevStack(options, Say);
        try
        {
            var waits = string.Join(
                "; ",
                options.RetryDelays.Values.Select(d => string.Join(", ", d.Select(Durations.Format))).Distinct()
            );
            Say($"Retries wait {waits} here, 2m, 4m, 8m in production (--retry-delays).");
            await stack.Up(ended.Token);
            var play = Play(options, stack, ended.Token);
            if (await Task.WhenAny(play, stack.UntilLost(ended.Token)) != play)
                await ended.CancelAsync();
            return await play;
        }
#pragma warning disable CA1031 // Whatever came of it: this is why.
        catch (Exception e) when (stack.Lost() is { } lost)
#pragma warning restore CA1031
        {
            if (e is InvalidOperationException)
                await Console.Error.WriteLineAsync(e.Message);
            await Console.Error.WriteLineAsync(lost);
            return 1;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            Say("Stopping.");
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        finally
        {
            Say("Stopped: " + string.Join(", ", DevStack.Down(options.Folder)));
        }
        return 0;
    }

    /// <returns>The exit code, where it ends by itself.</returns>
    private static async Task<int> Play(DevOptions options, DevStack stack, CancellationToken stop)
    {
        await using var play = new FirstFiveMinutes(options, stack, Say);
        var finished = await play.Play(stop);
        if (options.Exit)
            return finished ? 0 : 1;
        Say($"Dashboard: {await play.LoginAddress(stop)}   (one login, half an hour)");
        Say($"Serving. Try {options.Settle} run list in another terminal; Ctrl-C ends.");
        await Task.Delay(Timeout.Infinite, stop);
        return 0;
    }

    private static async Task<int> Up(DevOptions options, CancellationToken stop)
    {
        var stack = new DevStack(options, Say);
        await stack.Up(stop);
        await using var play = new FirstFiveMinutes(options, stack, Say);
        Say($"Dashboard: {await play.Open(stop)}   (one login, half an hour)");
        return 0;
    }

    private static int Down(string folder)
    {
        var stopped = DevStack.Down(folder);
        Say(stopped.Count == 0 ? "Nothing was running." : "Stopped: " + string.Join(", ", stopped));
        return 0;
    }

    private static int Status(string folder)
    {
        foreach (var (name, state) in DevStack.Status(folder))
            Say($"{name, -12} {state}");
        return 0;
    }

    private static int Reset(string folder)
    {
        // A mistyped --dir must not cost somebody else's files.
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !DevStack.IsIn(folder))
            throw new CliException(ExitCode.RefusedByState, $"{folder} holds no desk: nothing was deleted");
        Down(folder);
        LocalPostgres.Delete(folder);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Say($"Deleted {folder}.");
        return 0;
    }

    private static void Say(string line) => Console.WriteLine(line);
}
