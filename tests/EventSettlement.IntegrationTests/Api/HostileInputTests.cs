using System.Text;
using EventSettlement.Access;

namespace EventSettlement.IntegrationTests.Api;

/// <summary>What nobody sends on purpose, and what is sent on purpose to break something.</summary>
public sealed class HostileInputTests(RunningApi api) : IClassFixture<RunningApi>
{
    private const string Unknown = "/v1/settlements/00000000-0000-0000-0000-000000000001";

    [Theory]
    [InlineData("/v1/settlements?subject=%00", "/subject")]
    [InlineData("/v1/settlements?programme=a%00b", "/programme")]
    [InlineData("/v1/settlements?stat=FAILED", "/stat")]
    [InlineData("/v1/settlements?after=00000000-0000-0000-0000-000000000001", "/after")]
    [InlineData("/v1/items?member=%07", "/member")]
    [InlineData("/v1/items?run=1&after=%2F%2F", "/after")]
    [InlineData("/v1/alerts?after=AA", "/after")]
    [InlineData("/v1/runs?after=-1", "/after")]
    [InlineData("/v1/parked?after=99999999999999999999", "/after")]
    [InlineData("/v1/ledger/entries?after=OTIyMzM3MjAzNjg1NDc3NTgwNw", "/after")]
    [InlineData("/v1/ledger/entries?account=%00", "/account")]
    [InlineData("/v1/ledger/verify?limit=1", "/limit")]
    [InlineData("/v1/log?after=AAAA", "/after")]
    [InlineData("/v1/settlements?limit=99999999999", "/limit")]
    public async Task A_strange_parameter_is_named_and_nothing_fails_inside(string path, string pointer)
    {
        using var client = api.Client(Role.Viewer);
        var answer = await client.GetAsync(path);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(pointer, (string?)(await RunningApi.Json(answer))["errors"]![0]!["pointer"]);
    }

    [Theory]
    [InlineData(
        "/v1/runs",
        """{"programme":"study-refund","date":"2026-11-21","payAt":"2026-11-21T10:00:00"}""",
        "/payAt"
    )]
    [InlineData(
        "/v1/runs",
        """{"programme":"study-refund","date":"2026-11-21","payAt":"9999-12-31T23:59:59Z"}""",
        "/payAt"
    )]
    [InlineData("/v1/runs", """{"programme":"study-refund","date":"2026-11-21","date":"2026-11-22"}""", "")]
    [InlineData("/v1/runs", """{"programme":7,"date":"2026-11-21"}""", "/programme")]
    [InlineData("/v1/runs/1/stop", """{"reason":"a\u0000b"}""", "/reason")]
    [InlineData("/v1/runs/1/resume", """{"reason":"x"}""", "/reason")]
    [InlineData(Unknown + "/cancel", """{"reason":"a\u0000b"}""", "/reason")]
    [InlineData(Unknown + "/cancel", """{"reason":"  "}""", "/reason")]
    [InlineData(Unknown + "/hold", """{"reason":"a\u0000b"}""", "/reason")]
    [InlineData(Unknown + "/release", """{"reason":"x"}""", "/reason")]
    [InlineData(Unknown + "/retry", """{"include_rejected":true}""", "/include_rejected")]
    [InlineData(Unknown + "/retry", """{"includeRejected":"yes"}""", "/includeRejected")]
    public async Task A_strange_field_is_named_and_nothing_is_done(string path, string body, string pointer)
    {
        var problem = await Post(path, body, 400);
        if (pointer.Length > 0)
            Assert.Equal(pointer, (string?)problem["errors"]![0]!["pointer"]);
        Assert.Equal(0, await api.Count("SELECT count(*) FROM command"));
    }

    [Theory]
    [InlineData(Unknown + "/hold")]
    [InlineData(Unknown + "/cancel")]
    [InlineData("/v1/runs/1/stop")]
    public async Task A_reason_is_at_most_500_characters(string path)
    {
        var problem = await Post(path, $$"""{"reason":"{{new string('x', 501)}}"}""", 400);
        Assert.Equal("/reason", (string?)problem["errors"]![0]!["pointer"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("\"x\"")]
    public async Task A_body_of_another_shape_is_malformed(string body) =>
        Assert.Equal("malformed", (string?)(await Post("/v1/runs", body, 400))["code"]);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("256")]
    public async Task An_Idempotency_Key_has_1_to_255_characters(string key)
    {
        var answer = await api.Post(Role.Operator, "/v1/runs", new { }, key == "256" ? new string('k', 256) : key);
        Assert.Equal("idempotency_key_needed", (string?)(await RunningApi.Json(answer))["code"]);
    }

    private async Task<System.Text.Json.Nodes.JsonNode> Post(string path, string body, int status)
    {
        using var client = api.Client(Role.Admin);
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        var answer = await client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return await RunningApi.Json(answer);
    }
}
