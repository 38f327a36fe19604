using System.Net;
using EventSettlement.Access;
using Microsoft.AspNetCore.Routing;

namespace EventSettlement.IntegrationTests.Api;

public sealed class AccessTests(RunningApi api) : IClassFixture<RunningApi>
{
    private static readonly Dictionary<string, Role?> Table = new()
    {
        ["GET /healthz/live"] = null,
        ["GET /healthz/ready"] = null,
        ["OPTIONS /healthz/live"] = null,
        ["OPTIONS /healthz/ready"] = null,
        ["GET /login"] = null,
        ["POST /login"] = null,
        ["GET /logout"] = Role.Viewer,
        ["GET /"] = Role.Viewer,
        ["GET /live"] = Role.Viewer,
        ["GET /statistics"] = Role.Viewer,
        ["GET /statistics/live"] = Role.Viewer,
        ["GET /creators"] = Role.Viewer,
        ["GET /creators/{creatorId}/{month}"] = Role.Viewer,
        ["GET /healthz/details"] = Role.Viewer,
        ["GET /metrics"] = Role.Viewer,
        ["GET /openapi/{documentName}.json"] = Role.Viewer,
        ["GET /v1/settlements"] = Role.Viewer,
        ["GET /v1/settlements/{id:guid}"] = Role.Viewer,
        ["GET /v1/settlements/{id:guid}/items"] = Role.Viewer,
        ["GET /v1/settlements/{id:guid}/history"] = Role.Viewer,
        ["GET /v1/settlements/{id:guid}/explain"] = Role.Viewer,
        ["GET /v1/commands/{id:guid}"] = Role.Viewer,
        ["GET /v1/creators"] = Role.Viewer,
        ["GET /v1/creator-forecasts"] = Role.Viewer,
        ["GET /v1/view-anomalies"] = Role.Viewer,
        ["GET /v1/view-forecasts"] = Role.Viewer,
        ["GET /v1/items"] = Role.Viewer,
        ["GET /v1/runs"] = Role.Viewer,
        ["GET /v1/runs/{id:long}"] = Role.Viewer,
        ["GET /v1/runs/verify"] = Role.Viewer,
        ["POST /v1/runs/preview"] = Role.Viewer,
        ["GET /v1/alerts"] = Role.Viewer,
        ["POST /v1/alerts/close"] = Role.Operator,
        ["GET /v1/policies/{programme}"] = Role.Viewer,
        ["GET /v1/policies/{programme}/{date}"] = Role.Viewer,
        ["POST /v1/policies/{programme}"] = Role.Approver,
        ["GET /v1/audit"] = Role.Admin,
        ["GET /v1/downstreams"] = Role.Viewer,
        ["GET /v1/ledger/balance"] = Role.Viewer,
        ["GET /v1/ledger/entries"] = Role.Viewer,
        ["GET /v1/ledger/verify"] = Role.Viewer,
        ["GET /v1/log"] = Role.Viewer,
        ["GET /v1/view-statistics"] = Role.Viewer,
        ["GET /v1/view-statistics/export"] = Role.Viewer,
        ["GET /v1/view-statistics/status"] = Role.Viewer,
        ["GET /v1/view-statistics/verify"] = Role.Viewer,
        ["POST /v1/view-statistics/rebuild"] = Role.Admin,
        ["POST /v1/log/{group}/{topic}/{partition:int}/accept"] = Role.Admin,
        ["GET /v1/parked"] = Role.Viewer,
        ["GET /v1/parked/{id:long}"] = Role.Viewer,
        ["POST /v1/settlements/{id:guid}/retry"] = Role.Operator,
        ["POST /v1/settlements/{id:guid}/cancel"] = Role.Operator,
        ["POST /v1/settlements/{id:guid}/hold"] = Role.Operator,
        ["POST /v1/settlements/{id:guid}/release"] = Role.Operator,
        ["POST /v1/selections"] = Role.Operator,
        ["GET /v1/selections/{id:guid}"] = Role.Viewer,
        ["POST /v1/selections/{id:guid}/retry"] = Role.Operator,
        ["POST /v1/runs"] = Role.Operator,
        ["POST /v1/runs/{id:long}/stop"] = Role.Operator,
        ["POST /v1/runs/{id:long}/resume"] = Role.Operator,
        ["POST /v1/parked/{id:long}/replay"] = Role.Operator,
        ["POST /v1/parked/{id:long}/discard"] = Role.Operator,
        ["POST /v1/downstreams/{name}/resume"] = Role.Operator,
        ["POST /v1/events/{topic}"] = Role.Operator,
        ["POST /v1/items/{key}/resolve"] = Role.Admin,
        ["GET /v1/payees/tax"] = Role.Viewer,
        ["POST /v1/payees/tax"] = Role.Approver,
        ["PUT /v1/payees/{id}/tax"] = Role.Approver,
    };

    /// <summary>Answers without an end.</summary>
    private static readonly string[] Streams = ["GET /live", "GET /statistics/live"];

    [Fact]
    public void Every_endpoint_stands_in_the_table() =>
        Assert.Equal(
            Table.Keys.Order(StringComparer.Ordinal),
            api.Endpoints.Select(Name).Order(StringComparer.Ordinal)
        );

    [Fact]
    public async Task Each_endpoint_opens_to_its_role_and_to_no_lower_one()
    {
        foreach (var (name, needed) in Table.Where(row => !Streams.Contains(row.Key)))
        {
            Assert.Equal(needed is null, await IsOpen(name, null));
            foreach (var role in Enum.GetValues<Role>().Where(_ => name is not ("GET /login" or "POST /login")))
                Assert.True((needed is null || role >= needed) == await IsOpen(name, role), $"{name} as {role}");
        }
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/docs/index.html")]
    [InlineData("/healthz/other")]
    public async Task What_has_no_endpoint_is_closed_without_a_key(string path)
    {
        using var client = api.Client(null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/statistics?by=ad")]
    [InlineData("/creators")]
    [InlineData("/creators/CR-1/2026-11")]
    public async Task A_browser_without_a_login_is_led_to_it(string path)
    {
        using var client = api.Client(null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        var led = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, led.StatusCode);
        Assert.Equal("/login", led.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Changes_of_a_page_are_sent_to_nobody_without_a_key()
    {
        using var client = api.Client(null);
        foreach (var path in Streams.Select(name => name.Split(' ')[1]))
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing()
    {
        using var client = api.Client(null);
        var secret = await api.Keys.Create("leaver", Role.Admin, CancellationToken.None);
        client.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/runs")).StatusCode);
        Assert.True(await api.Keys.Revoke("leaver", CancellationToken.None));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/runs")).StatusCode);
    }

    [Fact]
    public async Task A_code_opens_the_page_once_and_its_cookie_changes_nothing()
    {
        var code = await api.Keys.CreateLoginCode(nameof(Role.Operator), CancellationToken.None);
        using var client = api.Client(null);
        using var form = new FormUrlEncodedContent([new("code", code)]);
        var entered = await client.PostAsync("/login", form);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
        using var start = new HttpRequestMessage(HttpMethod.Post, "/v1/runs");
        start.Headers.Add("Idempotency-Key", "cookie");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(start)).StatusCode);
        using var again = api.Client(null);
        Assert.Equal(HttpStatusCode.Forbidden, (await again.PostAsync("/login", form)).StatusCode);
    }

    private async Task<bool> IsOpen(string name, Role? role)
    {
        var parts = name.Split(' ');
        var path = parts[1]
            .Replace("{id:guid}", Guid.Empty.ToString(), StringComparison.Ordinal)
            .Replace("{id:long}", "0", StringComparison.Ordinal)
            .Replace("{id}", "none", StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{name}", "none", StringComparison.Ordinal)
            .Replace("{programme}", "none", StringComparison.Ordinal)
            .Replace("{creatorId}", "none", StringComparison.Ordinal)
            .Replace("{month}", "2026-11", StringComparison.Ordinal)
            .Replace("{date}", "2026-11-01", StringComparison.Ordinal)
            .Replace("{topic}", "none", StringComparison.Ordinal)
            .Replace("{key}", "none", StringComparison.Ordinal)
            .Replace("{group}", "none", StringComparison.Ordinal)
            .Replace("{partition:int}", "0", StringComparison.Ordinal);
        if (parts[0] == "GET")
        {
            using var client = api.Client(role);
            return IsLetThrough(await client.GetAsync(path));
        }

        var (method, body) = (HttpMethod.Parse(parts[0]), path == "/login" ? null : new { });
        return IsLetThrough(await api.Send(method, role, path, body, Guid.NewGuid().ToString()));
    }

    private static bool IsLetThrough(HttpResponseMessage answer) =>
        answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);

    private static string Name(RouteEndpoint endpoint)
    {
        var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Single() ?? "ANY";
        return $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/').TrimEnd('/')}";
    }
}
