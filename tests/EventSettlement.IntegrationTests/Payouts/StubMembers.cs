using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>A member service written apart from the sandbox; a test says how each call is answered.</summary>
public sealed class StubMembers : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private WebApplication? _app;

    public string Url { get; private set; } = "";

    /// <summary>Transaction by key: what was credited.</summary>
    public Dictionary<string, string> Credited { get; } = [];

    /// <summary>Keys of each payment call, in order.</summary>
    public List<string[]> Calls { get; } = [];

    public List<string[]> Lookups { get; } = [];

    /// <summary>Judges one item: CREDITED, REJECTED or FAILED.</summary>
    public Func<string, string> Judge { get; set; } = _ => "CREDITED";

    /// <summary>Sees a call first; true = it has answered by itself.</summary>
    public Func<HttpContext, string[], Task<bool>> Before { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Changes the answer on its way out; null = no answer.</summary>
    public Func<JsonArray, JsonArray?> Spoil { get; set; } = results => results;

    public Func<HttpContext, Task<bool>> BeforeLookup { get; set; } = _ => Task.FromResult(false);

    public static async Task<StubMembers> Start()
    {
        var stub = new StubMembers();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        stub._app = builder.Build();
        stub._app.MapPost("/v1/point-credits/bulk", stub.Pay);
        stub._app.MapPost("/v1/point-credits/lookup", stub.Lookup);
        await stub._app.StartAsync();
        stub.Url = stub._app.Urls.First();
        return stub;
    }

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();

    private async Task Pay(HttpContext http)
    {
        var body = await JsonNode.ParseAsync(http.Request.Body);
        var credits = body!["credits"]!.AsArray();
        var keys = credits.Select(c => (string)c!["key"]!).ToArray();
        lock (_lock)
            Calls.Add(keys);
        if (await Before(http, keys))
            return;
        var results = new JsonArray();
        lock (_lock)
            foreach (var credit in credits)
                results.Add(Answer((string)credit!["key"]!, (string)credit["memberId"]!, (long)credit["amount"]!));
        if (Spoil(results) is { } answer)
            await http.Response.WriteAsync(new JsonObject { ["results"] = answer }.ToJsonString());
        else
            http.Abort();
    }

    private JsonObject Answer(string key, string member, long amount)
    {
        var status = Credited.ContainsKey(key) ? "CREDITED" : Judge(member);
        if (status != "CREDITED")
            return new JsonObject
            {
                ["key"] = key,
                ["status"] = status,
                ["code"] = "told",
            };
        Credited.TryAdd(key, $"t-{Credited.Count + 1}");
        return new JsonObject
        {
            ["key"] = key,
            ["status"] = status,
            ["transactionId"] = Credited[key],
            ["amount"] = amount,
        };
    }

    private async Task Lookup(HttpContext http)
    {
        var body = await JsonSerializer.DeserializeAsync<JsonObject>(http.Request.Body);
        var keys = body!["keys"]!.AsArray().Select(k => (string)k!).ToArray();
        lock (_lock)
            Lookups.Add(keys);
        if (await BeforeLookup(http))
            return;
        var results = new JsonArray();
        lock (_lock)
            foreach (var key in keys)
                results.Add(
                    Credited.TryGetValue(key, out var transaction)
                        ? new JsonObject
                        {
                            ["key"] = key,
                            ["status"] = "CREDITED",
                            ["transactionId"] = transaction,
                        }
                        : new JsonObject { ["key"] = key, ["status"] = "UNKNOWN" }
                );
        await http.Response.WriteAsync(new JsonObject { ["results"] = results }.ToJsonString());
    }
}
