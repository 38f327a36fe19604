using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.IntegrationTests.Payouts;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.IntegrationTests.CreatorRevenue;

/// <summary>A whole server whose time a test puts where it wants, and what is asked of it about creators.</summary>
internal sealed class CreatorWorld : IAsyncDisposable
{
    private readonly TestDatabase _test;
    private readonly List<WebApplication> _apps = [];
    private HttpClient _client = new();
    private int _views;

    private CreatorWorld(TestDatabase test, StubMembers payees)
    {
        (_test, Payees) = (test, payees);
        Database = new Database(test.ConnectionString);
    }

    public Database Database { get; }

    public StubMembers Payees { get; }

    public static async Task<CreatorWorld> Start(string at, params string[] roles)
    {
        var test = await TestDatabase.Create();
        await Migrator.Migrate(test.ConnectionString, default);
        var world = new CreatorWorld(test, await StubMembers.Start());
        await world.SetClock(at);
        await world.Serve(roles.Length == 0 ? Roles.All : roles);
        return world;
    }

    /// <summary>One more server, of these roles.</summary>
    public async Task Serve(params string[] roles)
    {
        TimeSpan[] delays = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(200), 3)];
        var settings = Server
            .Catalogue.Defaults.With(PlatformSettings.Main, _test.ConnectionString)
            .With(PayoutSettings.BaseUrl, "member", Payees.Url)
            .With(ProgrammeSettings.Downstream, "creator-revenue", "member")
            .With(ProgrammeSettings.Cron, "creator-revenue", "0 0 0 1 1 ? 2999")
            .With(ProgrammeSettings.RetryDelays, "creator-revenue", delays)
            .With(ApiSettings.Urls, "http://127.0.0.1:0");
        var app = Server.Build(settings, roles, Server.Slices);
        await app.StartAsync();
        _apps.Add(app);
        if (!roles.Contains(Roles.Api))
            return;
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        var key = await app.Services.GetRequiredService<KeyStore>().Create("tester", Role.Admin, default);
        _client = new HttpClient { BaseAddress = new Uri(address) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Task SetClock(string at) =>
        Do(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                CREATE OR REPLACE FUNCTION clock_shift() RETURNS interval LANGUAGE sql STABLE AS
                    'SELECT interval ''{(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)
                        - DateTimeOffset.UtcNow).TotalSeconds:F0} s'''
                """
            )
        );

    public Task Owns(string content, string? creator, string from) =>
        Send(
            "contents",
            new JsonObject
            {
                ["contentId"] = content,
                ["creatorId"] = creator,
                ["from"] = from,
            }
        );

    /// <summary>So many views of a day, of which none is counted yet.</summary>
    public async Task Watch(string content, string day, int views, string? ad = null)
    {
        var counted = await Read<long>("SELECT coalesce(sum(views), 0)::bigint FROM view_content_day");
        await Produce(content, day, views, ad);
        await Until("SELECT coalesce(sum(views), 0)::bigint FROM view_content_day", counted + views);
    }

    public async Task Produce(string content, string day, int views, string? ad = null)
    {
        var bodies = Enumerable
            .Range(0, views)
            .Select(_ => new JsonObject
            {
                ["viewId"] = $"V-{++_views}",
                ["memberId"] = "M-1",
                ["contentId"] = content,
                ["watchedSeconds"] = 60,
                ["completed"] = true,
                ["adId"] = ad,
                ["viewedAt"] = day + "T10:00:00+09:00",
            })
            .ToArray();
        foreach (var some in bodies.Chunk(1000))
            await Send("view-logs", some);
    }

    /// <summary>A policy of one rate and the whole share.</summary>
    public Task<(int Status, JsonNode Body)> Put(
        string from,
        long perViewMilliWon,
        long minimum,
        bool corrects = false
    ) =>
        Post(
            "v1/policies/creator-revenue",
            new JsonObject { ["policy"] = Policy(from, perViewMilliWon, minimum), ["corrects"] = corrects }
        );

    public static JsonObject Policy(string from, long perViewMilliWon, long minimum) =>
        new()
        {
            ["effectiveFrom"] = from,
            ["currency"] = "KRW",
            ["tiers"] = new JsonArray(
                new JsonObject { ["fromMonthlyViews"] = 0, ["perViewMilliWon"] = perViewMilliWon }
            ),
            ["perAdViewMilliWon"] = 0,
            ["shareBasisPoints"] = 10_000,
            ["minimumPayout"] = minimum,
        };

    /// <summary>A run for the date, to its end.</summary>
    public async Task Settle(string date)
    {
        var (status, run) = await Post("v1/runs", Question(date));
        Assert.True(status == 201, run.ToString());
        await Until($"SELECT count(*) FROM run WHERE run_id = {run["runId"]} AND state = 'FINISHED'", 1);
    }

    public static JsonObject Question(string date) => new() { ["programme"] = "creator-revenue", ["date"] = date };

    /// <summary>Creator, earned, corrections, carried in, withheld, paid, carried out and state of a month.</summary>
    public async Task<string[]> List(string month) =>
        [
            .. (await Get($"v1/creators?month={month}"))["items"]!
                .AsArray()
                .Select(row =>
                    string.Join(
                        ' ',
                        new[]
                        {
                            "creatorId",
                            "earned",
                            "corrections",
                            "carriedIn",
                            "withholding",
                            "payable",
                            "carriedOut",
                            "state",
                        }.Select(name => row![name])
                    )
                ),
        ];

    /// <summary>The month is recounted from the facts, and the books balance.</summary>
    public async Task IsRight(params string[] months)
    {
        foreach (var month in months)
        {
            var proof = await Get($"v1/runs/verify?programme=creator-revenue&period={month}");
            Assert.True((bool)proof["right"]!, month + ": " + proof["findings"]);
        }

        var ledger = await Get("v1/ledger/verify");
        Assert.True((bool)ledger["right"]!, ledger.ToString());
    }

    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await _client.GetStringAsync(path))!;

    /// <summary>As a browser gets it.</summary>
    /// <summary>A page waits a moment for its sums; it is loaded again, as it says, until it has them.</summary>
    public async Task<(int Status, string Html)> Page(string path)
    {
        for (var look = 0; ; look++)
        {
            using var answer = await _client.GetAsync(path);
            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            var html = await answer.Content.ReadAsStringAsync();
            if (look == 100 || !html.Contains("being added up", StringComparison.Ordinal))
                return ((int)answer.StatusCode, html);
            await Task.Delay(50);
        }
    }

    public Task<string> Text(string path) => _client.GetStringAsync(path);

    public Task<Stream> Stream(string path) => _client.GetStreamAsync(path);

    public async Task<(int Status, JsonNode Body)> Post(string path, object? body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await _client.SendAsync(request);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    public async Task<T> Read<T>(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task Until(string sql, long expected) => Eventually.Equals(expected, () => Read<long>(sql), sql, 60);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var app in _apps)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        await Payees.DisposeAsync();
        await Database.DisposeAsync();
        await _test.DisposeAsync();
    }

    private async Task Send(string topic, params JsonObject[] bodies)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/events/{topic}");
        request.Content = new StringContent(
            string.Join('\n', bodies.Select(body => body.ToJsonString())),
            Encoding.UTF8,
            "application/x-ndjson"
        );
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await _client.SendAsync(request);
        Assert.True((int)answer.StatusCode == 202, await answer.Content.ReadAsStringAsync());
    }

    public async Task Do(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
