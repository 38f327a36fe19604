using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.IntegrationTests.Api;

/// <summary>The API with its saga on a fresh database, and a key of each role.</summary>
public sealed class RunningApi : IAsyncLifetime
{
    private readonly Dictionary<Role, string> _keys = [];
    private TestDatabase? _database;
    private WebApplication? _app;

    public Database Database => _app!.Services.GetRequiredService<Database>();

    public string ConnectionString => _database!.ConnectionString;

    public KeyStore Keys => _app!.Services.GetRequiredService<KeyStore>();

    public IEnumerable<RouteEndpoint> Endpoints =>
        _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.Create();
        var settings = Server
            .Catalogue.Defaults.With(PlatformSettings.Main, _database.ConnectionString)
            .With(PayoutSettings.BaseUrl, "member", "http://127.0.0.1:1")
            .With(ApiSettings.Urls, "http://127.0.0.1:0");
        _app = Server.Build(settings, ["api", "saga", "relay"], Server.Slices);
        await _app.StartAsync();
        foreach (var role in Enum.GetValues<Role>())
            _keys[role] = await Keys.Create(role.ToString(), role, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await _database!.DisposeAsync();
    }

    public HttpClient Client(Role? role)
    {
        var address = _app!
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(address),
        };
        if (role is { } known)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _keys[known]);
        return client;
    }

    public Task<HttpResponseMessage> Post(Role? role, string path, object? body, string? key) =>
        Send(HttpMethod.Post, role, path, body, key);

    public async Task<HttpResponseMessage> Send(HttpMethod method, Role? role, string path, object? body, string? key)
    {
        using var client = Client(role);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request);
    }

    public static async Task<JsonNode> Json(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    public async Task<long> Count(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
