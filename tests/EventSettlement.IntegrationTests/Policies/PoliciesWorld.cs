using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Policies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.IntegrationTests.Policies;

/// <summary>An API with programmes that have policies, one for each test.</summary>
public sealed class PoliciesWorld : IAsyncLifetime
{
    private readonly Dictionary<Role, string> _keys = [];
    private TestDatabase? _test;
    private WebApplication? _app;
    private HttpClient? _client;

    public Database Database => _app!.Services.GetRequiredService<Database>();

    public async Task InitializeAsync()
    {
        _test = await TestDatabase.Create();
        var settings = Server
            .Catalogue.Defaults.With(PlatformSettings.Main, _test.ConnectionString)
            .With(PayoutSettings.BaseUrl, "member", "http://127.0.0.1:1")
            .With(ApiSettings.Urls, "http://127.0.0.1:0");
        _app = Server.Build(settings, [Roles.Api], [.. Server.Slices, TrialFees.Slice("a", "b", "c", "d", "e", "f")]);
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        _client = new HttpClient { BaseAddress = new Uri(addresses.First()) };
        foreach (var role in Enum.GetValues<Role>())
            _keys[role] = await _app
                .Services.GetRequiredService<KeyStore>()
                .Create(role.ToString().ToLowerInvariant(), role, default);
    }

    internal TrialFees Fees(string programme) =>
        _app!.Services.GetServices<IPolicyRules>().OfType<TrialFees>().Single(fees => fees.Programme == programme);

    /// <summary>Puts a policy as a body that is written by hand.</summary>
    public Task<(int Status, JsonNode Body)> Put(
        string programme,
        string policy,
        bool corrects = false,
        Role role = Role.Approver,
        string? key = null
    ) => Post(programme, $$"""{"policy":{{policy}},"corrects":{{(corrects ? "true" : "false")}}}""", role, key);

    public async Task<(int Status, JsonNode Body)> Post(
        string programme,
        string body,
        Role role = Role.Approver,
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/policies/" + programme);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", key ?? Guid.NewGuid().ToString());
        return await Send(request, role);
    }

    public async Task<(int Status, JsonNode Body)> Get(string path, Role role = Role.Viewer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/policies/" + path);
        return await Send(request, role);
    }

    public async Task Do(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Read<T>(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task DisposeAsync()
    {
        _client!.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await _test!.DisposeAsync();
    }

    private async Task<(int Status, JsonNode Body)> Send(HttpRequestMessage request, Role role)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _keys[role]);
        using var answer = await _client!.SendAsync(request);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
