using System.Globalization;
using System.Text.Json;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;

namespace EventSettlement.IntegrationTests.Contracts;

/// <summary>
/// A server as an operator starts it, on a database of its own. It is spoken to as others speak to it: by its command
/// line, its API and its log, never through its classes.
/// </summary>
public sealed class ServedInstallation : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly string _folder = Directory.CreateTempSubdirectory("settle-served-").FullName;
    private readonly Dictionary<string, string> _environment;
    private StartedProcess _server = null!;
    private string _key = "";

    private ServedInstallation(TestDatabase database, string memberService, string? bootstrap)
    {
        _database = database;
        _environment = new Dictionary<string, string>
        {
            ["EVENTSETTLEMENT_HOME"] = _folder,
            ["EventSettlement__ConnectionStrings__Main"] = database.ConnectionString,
            ["EventSettlement__MemberService__BaseUrl"] = memberService,
            ["EventSettlement__Programmes__creator_revenue__Downstream"] = "member",
            ["EventSettlement__Api__Urls"] = "http://127.0.0.1:0",
        };
        if (bootstrap is not null)
        {
            _environment["EventSettlement__EventLog__Kind"] = "kafka";
            _environment["EventSettlement__EventLog__Bootstrap"] = bootstrap;
        }
    }

    public HttpClient Api { get; private set; } = null!;

    /// <summary>What an integrator's shell has: the server's address and a key.</summary>
    public Dictionary<string, string> Shell =>
        new()
        {
            ["EVENTSETTLEMENT_API"] = Api.BaseAddress!.ToString().TrimEnd('/'),
            ["EVENTSETTLEMENT_KEY"] = _key,
            ["EVENTSETTLEMENT_HOME"] = _folder,
        };

    /// <param name="bootstrap">Of Kafka; null = the log in PostgreSQL.</param>
    public static async Task<ServedInstallation> Start(string memberService, string? bootstrap = null)
    {
        var served = new ServedInstallation(await TestDatabase.Create(), memberService, bootstrap);
        served._server = StartedProcess.Settle("serve", served._environment);
        served.Api = new HttpClient { BaseAddress = await served._server.Listens() };
        await using var key = StartedProcess.Settle("key create tester --role admin", served._environment);
        served._key = (await key.Succeeds()).Trim();
        served.Api.DefaultRequestHeaders.Authorization = new("Bearer", served._key);
        return served;
    }

    /// <summary>Runs <c>settle LINE</c>; what it printed, once it has ended with 0.</summary>
    public async Task<string> Settle(string line)
    {
        await using var verb = StartedProcess.Settle(line, Shell);
        return await verb.Succeeds();
    }

    /// <summary>Runs a command of a page in a folder of its own.</summary>
    public async Task<string> Bash(string script, string folder)
    {
        await using var bash = StartedProcess.Start("bash", ["-euc", script], Shell, folder);
        return await bash.Succeeds();
    }

    public async Task<JsonElement> Get(string path)
    {
        using var answer = await Api.GetAsync(path);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {(int)answer.StatusCode}: {body}");
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    /// <summary>All elements of a list, however many pages it has.</summary>
    public async Task<IReadOnlyList<JsonElement>> List(string path)
    {
        var all = new List<JsonElement>();
        for (var after = ""; ; )
        {
            var page = await Get($"{path}?limit=200{after}");
            all.AddRange(page.GetProperty("items").EnumerateArray());
            if (!page.GetProperty("has_more").GetBoolean())
                return all;
            after = "&after=" + page.GetProperty("after").GetString();
        }
    }

    /// <summary>Until the intake has read all that was sent.</summary>
    public Task TakesIn() =>
        Eventually.Holds(
            async () => await Get("healthz/details") is var now && Zero(now, "lag") && Zero(now, "outboxWaiting"),
            TimeSpan.FromSeconds(60),
            "all that was sent is taken in"
        );

    /// <summary>One run of study refunds, to its end or until nothing moves any more.</summary>
    public async Task<long> Run(DateOnly date)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/runs");
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Content = new StringContent(
            JsonSerializer.Serialize(new { programme = "study-refund", date = date.ToString("O", Invariant) }),
            new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")
        );
        using var answer = await Api.SendAsync(request);
        var run = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        Assert.True(answer.IsSuccessStatusCode, run.ToString());
        return run.GetProperty("runId").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _server.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    private static bool Zero(JsonElement details, string name) =>
        details.GetProperty(name) is { ValueKind: JsonValueKind.Number } number && number.GetInt64() == 0;
}
