using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EventSettlement.Desk;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.IntegrationTests.Desk;

/// <summary><c>./run</c> in a folder of its own, as real processes.</summary>
internal sealed class PrivateDesk : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private readonly string _folder = Directory.CreateTempSubdirectory("settle-desk-").FullName;
    private readonly ConcurrentQueue<string> _said = new();
    private Process? _run;

    public string Folder => _folder;

    public string RetryDelays { get; init; } = "200ms,200ms,200ms";

    public string Said => string.Join('\n', _said);

    /// <summary>What the sandbox paid, a key a line.</summary>
    public string[] PaidKeys() => [.. Paid("key")];

    public string[] PaidMembers() =>
        [.. Paid("memberId").Where(payee => payee.StartsWith("M-", StringComparison.Ordinal))];

    private IEnumerable<string> Paid(string name) =>
        File.ReadLines(Path.Combine(_folder, "sandbox-settlement.jsonl"))
            .Where(line => line.EndsWith('}'))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty(name).GetString()!);

    public void Start(params string[] arguments)
    {
        _said.Clear();
        string[] words =
        [
            Path.Combine(AppContext.BaseDirectory, "settle.dll"),
            "dev",
            "run",
            "--dir",
            _folder,
            "--studies",
            "20",
            "--retry-delays",
            RetryDelays,
            .. arguments,
        ];
        var start = new ProcessStartInfo("dotnet", words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KAFKA_HOME"] = "" },
        };
        _run = Process.Start(start)!;
        _run.OutputDataReceived += (_, line) => Keep(line.Data);
        _run.ErrorDataReceived += (_, line) => Keep(line.Data);
        _run.BeginOutputReadLine();
        _run.BeginErrorReadLine();
    }

    /// <summary>Until it has said one of these.</summary>
    public async Task Says(params string[] texts)
    {
        var wanted = string.Join(" or ", texts);
        try
        {
            await Eventually.Holds(
                () =>
                    _run!.HasExited && !HasSaid(texts)
                        ? throw new InvalidOperationException($"./run ended with {_run.ExitCode} before {wanted}")
                        : Task.FromResult(HasSaid(texts)),
                Patience,
                $"./run says {wanted}"
            );
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{failure.Message}:\n{Said}", failure);
        }
    }

    public Task Terminate() => Signals.Send("TERM", _run!.Id);

    /// <summary>What it says is told where it ends with another code.</summary>
    public async Task EndsWith(int exit)
    {
        await _run!.WaitForExitAsync().WaitAsync(Patience);
        _run.WaitForExit();
        Assert.True(_run.ExitCode == exit, $"./run ended with {_run.ExitCode} instead of {exit}:\n{Said}");
    }

    /// <param name="name">Such as <c>server</c>, <c>sandbox</c>, <c>PostgreSQL</c>, <c>run</c>.</param>
    public async Task Kill(string name)
    {
        var process = name switch
        {
            "run" => _run!.Id,
            "PostgreSQL" => await Postmaster(),
            _ => new OwnedProcess(_folder, name).RunningPid(),
        };
        await Signals.Send("KILL", process ?? throw new InvalidOperationException($"{name} does not run"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is { HasExited: false })
            _run.Kill();
        DevStack.Down(_folder);
        LocalPostgres.Delete(_folder);
        Directory.Delete(_folder, recursive: true);
        await Task.CompletedTask;
    }

    private bool HasSaid(string[] texts) => texts.Any(text => Said.Contains(text, StringComparison.Ordinal));

    private void Keep(string? line)
    {
        if (line is not null)
            _said.Enqueue(line);
    }

    private async Task<int> Postmaster()
    {
        await using var source = NpgsqlDataSource.Create(LocalPostgres.RunningIn(_folder)!);
        await using var where = source.CreateCommand("SHOW data_directory");
        var data = (string)(await where.ExecuteScalarAsync())!;
        return int.Parse(File.ReadLines(Path.Combine(data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
    }
}
