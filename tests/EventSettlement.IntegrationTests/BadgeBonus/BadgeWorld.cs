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

namespace EventSettlement.IntegrationTests.BadgeBonus;

/// <summary>A whole server with one programme and one downstream more than the product has.</summary>
internal sealed class BadgeWorld : IAsyncDisposable
{
    private readonly TestDatabase _test;
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private BadgeWorld(
        TestDatabase test,
        WebApplication app,
        HttpClient client,
        StubMembers members,
        StubMembers bonuses
    )
    {
        (_test, _app, _client, Members, Bonuses) = (test, app, client, members, bonuses);
        Database = app.Services.GetRequiredService<Database>();
    }

    public Database Database { get; }

    /// <summary>Who pays study refunds.</summary>
    public StubMembers Members { get; }

    /// <summary>Who pays the badges.</summary>
    public StubMembers Bonuses { get; }

    public static async Task<BadgeWorld> Start()
    {
        var test = await TestDatabase.Create();
        await Migrator.Migrate(test.ConnectionString, default, typeof(BadgeWorld).Assembly);
        var (members, bonuses) = (await StubMembers.Start(), await StubMembers.Start());
        Slice[] slices = [.. Server.Slices, BadgeBonusSlice.Slice];
        TimeSpan[] delays = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(200), 3)];
        var settings = Server
            .CatalogueOf(slices)
            .Defaults.With(PlatformSettings.Main, test.ConnectionString)
            .With(PayoutSettings.BaseUrl, "member", members.Url)
            .With(PayoutSettings.BaseUrl, "bonuses", bonuses.Url)
            .With(ProgrammeSettings.Downstream, BadgeBonusProgramme.Name, "bonuses")
            .With(ProgrammeSettings.RetryDelays, BadgeBonusProgramme.Name, delays)
            .With(ApiSettings.Urls, "http://127.0.0.1:0");
        var app = Server.Build(settings, Roles.All, slices);
        await app.StartAsync();
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        var key = await app.Services.GetRequiredService<KeyStore>().Create("tester", Role.Admin, default);
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new BadgeWorld(test, app, client, members, bonuses);
    }

    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await _client.GetStringAsync(path))!;

    public async Task<(int Status, JsonNode Body)> Post(string path, object? body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await _client.SendAsync(request);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    public async Task<int> Facts(string topic, params string[] lines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/events/{topic}");
        request.Content = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await _client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    public async Task<T> Read<T>(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task Until(string sql, long expected) => Eventually.Equals(expected, () => Read<long>(sql), sql, 30);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Members.DisposeAsync();
        await Bonuses.DisposeAsync();
        await _test.DisposeAsync();
    }
}
