using System.Text.Json;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement.Desk;

/// <summary>
/// The whole installation in one folder: PostgreSQL, sandbox, server, and a broker where one is wanted.
/// </summary>
internal sealed class DevStack(DevOptions options, Action<string> say)
{
    private const string Downstream = "member";
    private static readonly string[] OwnFiles = ["cli.json", "server.log", "sandbox.log", "kafka.properties"];

    private readonly OwnedProcess _server = new(options.Folder, "server");
    private readonly OwnedProcess _sandbox = new(options.Folder, "sandbox");
    private readonly List<(string Name, string LogFile, Func<bool> Runs)> _started = [];

    public string ConnectionString { get; private set; } = "";

    public Uri Api { get; private set; } = new("http://127.0.0.1");

    public string Journal { get; private set; } = "";

    public async Task Up(CancellationToken stop)
    {
        Directory.CreateDirectory(options.Folder);
        // What a killed run left would hold the ports and run yesterday's program.
        if (_server.Stop())
            say("Stopped the server that an earlier run had left.");
        if (_sandbox.Stop())
            say("Stopped the sandbox that an earlier run had left.");
        Packages.NeedPostgres(say);
        var kafka = options.Kafka ?? await PrivateKafka.StartIfWanted(options.Folder, say, stop);
        if (options.Kafka is null && kafka is not null)
            Watch("The Kafka broker", new OwnedProcess(options.Folder, PrivateKafka.Name));
        await StartDatabase(kafka, stop);
        var port = Shell.FreePort(options.Port);
        if (port != options.Port)
            say($"Port {options.Port} is taken: the server listens on {port}.");
        Api = new Uri($"http://127.0.0.1:{port}");
        var memberService = options.MemberService ?? await StartSandbox(stop);
        var settings = ServerSettings(kafka, memberService);
        WriteSecret("appsettings.json", Nested(settings));
        _server.Start([.. Shell.Self(), "serve"], settings.ToDictionary(s => Variable(s.Key), s => (string?)s.Value));
        await Answers(_server, new Uri(Api, "healthz/ready"), stop);
        Watch("The server", _server);
        say($"Server: {Api} (log {_server.LogFile})");
    }

    /// <summary>What of it ended while it was needed, as a sentence; null = all runs.</summary>
    public string? Lost() =>
        _started
            .Where(s => !s.Runs())
            .Select(s =>
                $"{s.Name} is gone: it was stopped or killed, or {s.LogFile} says why. "
                + "./run again goes on where this one was."
            )
            .FirstOrDefault();

    /// <summary>Comes back when something of it was lost.</summary>
    public async Task UntilLost(CancellationToken stop)
    {
        while (Lost() is null)
            await Task.Delay(500, stop);
    }

    public void WriteCli(string key) =>
        WriteSecret("cli.json", JsonSerializer.Serialize(new { api = Api.ToString().TrimEnd('/'), key }));

    /// <summary>Whether a folder has what <see cref="Up"/> leaves there, however far it came.</summary>
    public static bool IsIn(string folder) =>
        LocalPostgres.IsIn(folder) || Array.Exists(OwnFiles, name => File.Exists(Path.Combine(folder, name)));

    public static IReadOnlyList<string> Down(string folder)
    {
        var stopped = new List<string>();
        foreach (var name in new[] { "server", "sandbox" })
            if (new OwnedProcess(folder, name).Stop())
                stopped.Add(name);
        if (new OwnedProcess(folder, PrivateKafka.Name).Stop())
            stopped.Add("Kafka broker");
        if (LocalPostgres.StopIn(folder))
            stopped.Add("PostgreSQL");
        return stopped;
    }

    public static IEnumerable<(string Name, string State)> Status(string folder)
    {
        yield return (
            "PostgreSQL",
            LocalPostgres.RunningIn(folder) is { } address
                ? "running on port " + new NpgsqlConnectionStringBuilder(address).Port
                : "not running"
        );
        foreach (var name in new[] { PrivateKafka.Name, "sandbox", "server" })
            yield return (
                name,
                new OwnedProcess(folder, name).RunningPid() is { } pid ? $"running, process {pid}" : "not running"
            );
    }

    private async Task StartDatabase(string? kafka, CancellationToken stop)
    {
        var postgres = await LocalPostgres.Start(options.Folder, say, stop: stop);
        _started.Add(("PostgreSQL", postgres.LogFile, () => postgres.Runs));
        say(
            $"PostgreSQL: {(postgres.Adopted ? "running already" : "started")} on 127.0.0.1:{postgres.Port}, "
                + $"data in {postgres.DataFolder}"
        );
        // Offsets count in one log: another log gets a database of its own.
        ConnectionString = kafka is null
            ? postgres.ConnectionString
            : await postgres.WithDatabase(options.Kafka is null ? "settlement_kafka" : DatabaseFor(kafka), stop);
        var steps = await Migrator.Migrate(ConnectionString, stop);
        if (steps.Count > 0)
            say($"Database: {string.Join(", ", steps)}");
    }

    private void Watch(string name, OwnedProcess process) =>
        _started.Add((name, process.LogFile, () => process.RunningPid() is not null));

    private static string DatabaseFor(string bootstrap) =>
        "settlement_" + string.Concat(bootstrap.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private async Task<string> StartSandbox(CancellationToken stop)
    {
        var port = Shell.FreePort();
        Journal = Path.Combine(
            options.Folder,
            $"sandbox-{new NpgsqlConnectionStringBuilder(ConnectionString).Database}.jsonl"
        );
        _sandbox.Start(
            [.. Shell.Self(), "sandbox", "--urls", $"http://127.0.0.1:{port}", "--journal", Journal],
            new Dictionary<string, string?>()
        );
        var address = new Uri($"http://127.0.0.1:{port}");
        await Answers(_sandbox, new Uri(address, "sandbox/credits"), stop);
        Watch("The sandbox", _sandbox);
        say($"Sandbox member service: {address} (journal {Journal})");
        return address.ToString().TrimEnd('/');
    }

    private Dictionary<string, string> ServerSettings(string? kafka, string memberService)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Main"] = ConnectionString,
            ["EventLog:Kind"] = kafka is null ? "postgres" : "kafka",
            ["Api:Urls"] = Api.ToString().TrimEnd('/'),
        };
        // One sandbox pays for all programmes.
        foreach (var programme in Server.Programmes)
        {
            settings[ProgrammeSettings.Downstream.Of(programme.Name)] = Downstream;
            settings[ProgrammeSettings.RetryDelays.Of(programme.Name)] = string.Join(
                ',',
                options.RetryDelays[programme.Name].Select(Durations.Format)
            );
        }

        settings[PayoutSettings.BaseUrl.Of(Downstream)] = memberService;
        if (kafka is not null)
            settings["EventLog:Bootstrap"] = kafka;
        return settings;
    }

    // No shell carries a dash in the name of a variable.
    private static string Variable(string key) =>
        "EventSettlement__" + key.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_');

    private static string Nested(Dictionary<string, string> settings)
    {
        var root = new JsonObject();
        foreach (var (key, value) in settings)
        {
            var path = key.Split(':');
            var at = root;
            foreach (var part in path[..^1])
                at = (JsonObject)(at[part] ??= new JsonObject());
            at[path[^1]] = value;
        }

        return root.ToJsonString();
    }

    private void WriteSecret(string name, string text)
    {
        var path = Path.Combine(options.Folder, name);
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var create = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = owner,
        };
        using var writer = new StreamWriter(path, create);
        // The mode counts at creation only; a file that was there is narrowed before the secret is in it.
        File.SetUnixFileMode(path, owner);
        writer.WriteLine(text);
    }

    private static async Task Answers(OwnedProcess process, Uri address, CancellationToken stop)
    {
        using var http = ApiClient.NewClient(address);
        http.Timeout = TimeSpan.FromSeconds(3);
        var until = Environment.TickCount64 + 60_000;
        while (Environment.TickCount64 < until && process.RunningPid() is not null)
        {
            try
            {
                using var answer = await http.GetAsync(address, stop);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception e)
                when (e is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
            {
                // It is still starting; the loop has an end.
            }
            await Task.Delay(100, stop);
        }
        var wrong = process.RunningPid() is null ? "ended before it answered" : "does not answer";
        throw new InvalidOperationException(
            $"{address} {wrong}; the end of {process.LogFile}:\n{process.LastLines(15)}"
        );
    }
}
