using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EventSettlement.Access;
using EventSettlement.Desk;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Bench;

/// <summary>
/// A whole installation for one bench: a fresh database, sandbox and server as processes of their own.
/// </summary>
internal sealed class BenchInstallation : IAsyncDisposable
{
    private const int LinesACall = 1000;
    private readonly Dictionary<string, Process> _processes = [];
    private readonly string _folder;
    private readonly BenchDatabase _database;

    private BenchInstallation(string folder, BenchDatabase database, HttpClient api)
    {
        (_folder, _database, Api) = (folder, database, api);
    }

    public HttpClient Api { get; }

    public static async Task<BenchInstallation> Start(BenchOptions options, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("settle-bench-").FullName;
        var kafka =
            options.Kafka == "private"
                ? await PrivateKafka.StartIfWanted(folder, Console.Error.WriteLine, cancel)
                    ?? throw new InvalidOperationException("--kafka private needs KAFKA_HOME, a Kafka distribution.")
                : options.Kafka;
        var database = await BenchDatabase.Create(options.ConnectionString, cancel);
        var secret = await new KeyStore(database.Database).Create("bench", Role.Admin, cancel);
        var port = Shell.FreePort();
        var api = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromMinutes(5),
        };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        var made = new BenchInstallation(folder, database, api);
        var sandbox = Shell.FreePort();
        made.Run(
            "sandbox",
            [],
            "sandbox",
            "--urls",
            $"http://127.0.0.1:{sandbox}",
            "--journal",
            Path.Combine(folder, "journal.jsonl")
        );
        made.Run(
            "server",
            [
                new("EventSettlement__ConnectionStrings__Main", database.ConnectionString),
                new("EventSettlement__MemberService__BaseUrl", $"http://127.0.0.1:{sandbox}"),
                // One sandbox pays for all programmes.
                .. Server.Programmes.Select(terms => new KeyValuePair<string, string>(
                    $"EventSettlement__Programmes__{terms.Name.Replace('-', '_')}__Downstream",
                    "member"
                )),
                new("EventSettlement__Api__Urls", api.BaseAddress.ToString()),
                new("EventSettlement__EventLog__Kind", kafka is null ? "postgres" : "kafka"),
                new("EventSettlement__EventLog__Bootstrap", kafka ?? ""),
            ],
            "serve"
        );
        await made.WaitFor($"http://127.0.0.1:{sandbox}/healthz/live", cancel);
        await made.WaitFor("healthz/ready", cancel);
        if (options.LatencyMilliseconds > 0)
            await Faults(sandbox, options.LatencyMilliseconds, cancel);
        return made;
    }

    /// <summary>Sends facts through the HTTP intake and waits until the tables have them all; seconds taken.</summary>
    public async Task<double> Intake(IEnumerable<string> facts, long totalAfter, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        foreach (var chunk in facts.Chunk(LinesACall))
        {
            using var body = new StringContent(string.Join('\n', chunk), Encoding.UTF8, "application/x-ndjson");
            using var answer = await Post("v1/events/study-completed", body, cancel);
        }

        while (await Count("SELECT count(*) FROM study", cancel) < totalAfter)
            await Pause(cancel);
        return clock.Elapsed.TotalSeconds;
    }

    public async Task<long> StartRun(DateOnly date, CancellationToken cancel)
    {
        var day = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        using var body = JsonContent.Create(
            new
            {
                programme = "study-refund",
                date = day,
                future = true,
            }
        );
        using var answer = await Post("v1/runs", body, cancel);
        using var run = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
        return run.RootElement.GetProperty("runId").GetInt64();
    }

    public async Task<long> Count(string sql, CancellationToken cancel)
    {
        await using var command = _database.Database.Reads.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }

    /// <summary>Largest resident memory of one child so far, in MB.</summary>
    /// <param name="name"><c>server</c>, or <c>sandbox</c>, which holds every credit of all rounds.</param>
    public double PeakMegabytes(string name)
    {
        _processes[name].Refresh();
        return Math.Round(_processes[name].PeakWorkingSet64 / 1e6);
    }

    /// <summary>Processor time of the server and the sandbox so far; PostgreSQL is not ours to ask.</summary>
    public TimeSpan Processor() =>
        _processes.Values.Aggregate(
            TimeSpan.Zero,
            (sum, p) =>
            {
                p.Refresh();
                return sum + p.TotalProcessorTime;
            }
        );

    public static Task Pause(CancellationToken cancel, int milliseconds = 10) => Task.Delay(milliseconds, cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Api.Dispose();
        await _database.DisposeAsync();
        new OwnedProcess(_folder, PrivateKafka.Name).Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<HttpResponseMessage> Post(string path, HttpContent body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString("D"));
        var answer = await Api.SendAsync(request, cancel);
        return answer.IsSuccessStatusCode
            ? answer
            : throw new InvalidOperationException(
                $"{path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancel)}"
            );
    }

    private void Run(string name, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        var log = Path.Combine(_folder, name + ".log");
        string[] words = ["-c", $"exec \"$@\" >'{log}' 2>&1", "sh", .. Shell.Self(), .. arguments];
        var start = new ProcessStartInfo("/bin/sh", words) { WorkingDirectory = _folder };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        _processes.Add(name, Process.Start(start)!);
    }

    private async Task WaitFor(string address, CancellationToken cancel)
    {
        for (var left = 1500; ; left--)
        {
            try
            {
                using var answer = await Api.GetAsync(address, cancel);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not up yet; bounded by the counter.
            }

            if (left == 0 || _processes.Values.Any(p => p.HasExited))
                throw new InvalidOperationException($"{address} does not answer. {LastWords()}");
            await Pause(cancel);
        }
    }

    private string LastWords() =>
        string.Join(
            '\n',
            Directory
                .GetFiles(_folder, "*.log")
                .SelectMany(f => File.ReadLines(f).TakeLast(10).Select(l => Path.GetFileName(f) + ": " + l))
        );

    private static async Task Faults(int port, int latencyMilliseconds, CancellationToken cancel)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsJsonAsync(
            $"http://127.0.0.1:{port}/sandbox/faults",
            new { latencyMs = latencyMilliseconds },
            cancel
        );
        answer.EnsureSuccessStatusCode();
    }
}
