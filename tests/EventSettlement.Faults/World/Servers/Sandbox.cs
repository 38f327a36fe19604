using System.Text;
using EventSettlement.Faults.Injection.Processes;

namespace EventSettlement.Faults.World.Servers;

/// <summary><c>settle sandbox</c>: the member service, whose journal is the truth about money.</summary>
internal sealed class Sandbox(string folder)
{
    /// <summary>Always so: some items fail once, and so there are retries; few are rejected.</summary>
    private const string Always = "\"fail\":0.03,\"reject\":0.003";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly int _port = Ports.Free();
    private ChildProcess? _process;
    private string _faults = "{" + Always + "}";

    public int Port => _port;

    public Uri Url => new($"http://127.0.0.1:{_port}");

    public string Journal => Path.Combine(folder, "credits.jsonl");

    public async Task Start()
    {
        _process = ChildProcess.Start(
            "sandbox",
            Path.Combine(folder, "sandbox.log"),
            [new("DOTNET_TieredPGO", "0")],
            "dotnet",
            Product.Path,
            "sandbox",
            "--urls",
            Url.ToString().TrimEnd('/'),
            "--journal",
            Journal,
            "--faults",
            _faults
        );
        await Waiting.Must(
            "the sandbox answers",
            TimeSpan.FromSeconds(60),
            () => Task.FromResult(Ports.Answers(_port))
        );
    }

    public void Kill() => _process?.Kill();

    public void Freeze() => _process!.Signal("STOP");

    public void Thaw() => _process!.Signal("CONT");

    /// <param name="more">Such as <c>"dropAnswer":0.3</c>; nothing = back to what is always so.</param>
    public async Task Misbehave(string more)
    {
        _faults = "{" + Always + (more.Length == 0 ? "" : "," + more) + "}";
        using var body = new StringContent(_faults, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync(new Uri(Url, "sandbox/faults"), body);
        answer.EnsureSuccessStatusCode();
    }
}
