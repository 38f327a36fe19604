using System.Net;
using System.Text;
using EventSettlement.Access;
using Microsoft.AspNetCore.Routing;

namespace EventSettlement.IntegrationTests.Api;

public sealed class ProblemTests(RunningApi api) : IClassFixture<RunningApi>
{
    [Theory]
    [InlineData("/v1/settlements?limit=201", 400, "invalid_request")]
    [InlineData("/v1/settlements?limit=x", 400, "malformed")]
    [InlineData("/v1/settlements?state=LOST", 400, "invalid_request")]
    [InlineData("/v1/settlements?after=***", 400, "invalid_request")]
    [InlineData("/v1/settlements?state=", 400, "invalid_request")]
    [InlineData("/v1/settlements?subject=%20", 400, "invalid_request")]
    [InlineData("/v1/settlements?run=", 400, "malformed")]
    [InlineData("/v1/ledger/entries?settlement=", 400, "malformed")]
    [InlineData("/v1/items", 400, "invalid_request")]
    [InlineData("/v1/runs/999999", 404, "run_not_found")]
    [InlineData("/v1/settlements/00000000-0000-0000-0000-000000000001", 404, "settlement_not_found")]
    [InlineData("/v1/settlements/1", 404, "path_not_found")]
    public async Task A_wrong_request_is_told_what_is_wrong(string path, int status, string code)
    {
        using var client = api.Client(Role.Viewer);
        var answer = await client.GetAsync(path);
        var problem = await RunningApi.Json(answer);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.Matches("^[0-9a-f]{32}$", (string?)problem["traceId"]);
        Assert.False((bool)problem["retryable"]!);
    }

    [Theory]
    [InlineData("""{"programme":"study-refund"}""", "/date")]
    [InlineData("""{"programme":"study-refund","date":"21.11.2026"}""", "/date")]
    [InlineData("""{"programme":"other","date":"2026-11-21"}""", "/programme")]
    [InlineData("""{"programme":"study-refund","date":"2026-11-21","payAt":"soon"}""", "/payAt")]
    [InlineData("""{"programme":"study-refund","date":"2026-11-21","subject":""}""", "/subject")]
    [InlineData("""{"programme":"study-refund","date":"2026-11-21","subject":"  "}""", "/subject")]
    [InlineData("""{"programme":"study-refund","date":"2026-11-21","payat_":1}""", "/payat_")]
    public async Task A_wrong_field_is_named_by_its_pointer(string body, string pointer)
    {
        using var client = api.Client(Role.Operator);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", "field " + body);
        var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(pointer, (string?)(await RunningApi.Json(answer))["errors"]![0]!["pointer"]);
    }

    [Fact]
    public async Task A_parameter_of_the_wrong_form_is_named()
    {
        using var client = api.Client(Role.Viewer);
        var problem = await RunningApi.Json(await client.GetAsync("/v1/items?run=first"));
        Assert.Equal("/run", (string?)problem["errors"]![0]!["pointer"]);
    }

    [Theory]
    [InlineData("DELETE", "/v1/runs", "application/json", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/settlements", "application/json", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/nothing", null, 404, "path_not_found")]
    [InlineData("POST", "/v1/nothing", "application/json", 404, "path_not_found")]
    [InlineData("POST", "/v1/runs", "text/plain", 415, "unsupported_media_type")]
    [InlineData("POST", "/v1/runs", null, 415, "unsupported_media_type")]
    [InlineData("POST", "/v1/runs", "application/json; charset=nonsense", 400, "invalid_request")]
    [InlineData("POST", "/v1/runs/preview", "application/json; charset=nonsense", 400, "invalid_request")]
    [InlineData("POST", "/v1/events/study-completed", "application/json; charset=utf8", 422, "invalid_facts")]
    [InlineData("DELETE", "/healthz/ready", "application/json", 405, "method_not_allowed")]
    [InlineData("GET", "/other", null, 404, "path_not_found")]
    public async Task What_no_endpoint_takes_is_a_problem_too(
        string method,
        string path,
        string? type,
        int status,
        string code
    )
    {
        using var client = api.Client(Role.Admin);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Idempotency-Key", $"none {method} {path} {type}");
        if (method == "POST")
            request.Content = new ByteArrayContent("{}"u8.ToArray());
        if (type is not null && request.Content is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        var answer = await client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (string?)(await RunningApi.Json(answer))["code"]);
        if (status == 405)
            Assert.NotEmpty(answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData(null, "GET", 401, "key_needed")]
    [InlineData(Role.Viewer, "POST", 403, "role_too_low")]
    public async Task Who_may_not_is_told_so_as_a_problem(Role? role, string method, int status, string code)
    {
        using var client = api.Client(role);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/runs");
        var answer = await client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (string?)(await RunningApi.Json(answer))["code"]);
    }

    [Fact]
    public async Task A_second_run_is_refused_while_the_first_is_unfinished()
    {
        var wanted = new { programme = "study-refund", date = "2026-11-21" };
        var first = await api.Post(Role.Operator, "/v1/runs", wanted, "run 1");
        var second = await api.Post(Role.Operator, "/v1/runs", wanted, "run 2");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal("refused_by_state", (string?)(await RunningApi.Json(second))["code"]);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var answer = await api.Post(
            Role.Operator,
            "/v1/events/study-completed",
            new { a = new string('x', 1_100_000) },
            "large"
        );
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task The_description_has_every_route_of_the_interface_and_no_other()
    {
        using var client = api.Client(Role.Viewer);
        var document = await RunningApi.Json(await client.GetAsync("/openapi/v1.json"));
        Assert.StartsWith("3.1", (string?)document["openapi"], StringComparison.Ordinal);
        var described = document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}"));
        var routes = api
            .Endpoints.Select(e =>
                $"{e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single()} "
                + "/"
                + e.RoutePattern.RawText!.Trim('/')
                    .Replace(":guid", "", StringComparison.Ordinal)
                    .Replace(":long", "", StringComparison.Ordinal)
                    .Replace(":int", "", StringComparison.Ordinal)
            )
            .Where(r =>
                r.Contains("/v1/", StringComparison.Ordinal)
                || r.Contains("/healthz", StringComparison.Ordinal)
                || r.Contains("/metrics", StringComparison.Ordinal)
            )
            .Where(r => !r.StartsWith("OPTIONS ", StringComparison.Ordinal));
        Assert.Equal(routes.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        var post = document["paths"]!["/v1/runs"]!["post"]!;
        Assert.Contains(post["parameters"]!.AsArray(), p => (string?)p!["name"] == "Idempotency-Key");
    }
}
