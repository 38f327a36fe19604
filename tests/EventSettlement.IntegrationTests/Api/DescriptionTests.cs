using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSettlement.IntegrationTests.Cli;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.IntegrationTests.Policies;

namespace EventSettlement.IntegrationTests.Api;

/// <summary>The OpenAPI document against the service that serves it.</summary>
[Collection(ConsoleTests.Name)]
public sealed class DescriptionTests(SettledInstallation installation) : IClassFixture<SettledInstallation>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task Each_read_answers_just_what_the_document_says()
    {
        var document = await Document();
        var wrong = new List<string>();
        var asked = 0;
        foreach (var (path, operations) in document["paths"]!.AsObject())
            if (operations!["get"]?["responses"]?["200"]?["content"]?["application/json"]?["schema"] is { } schema)
            {
                asked++;
                var address = await Filled(path);
                using var client = installation.Client();
                var answer = await client.GetAsync(address);
                Assert.True(answer.IsSuccessStatusCode, $"{address}: {answer.StatusCode}");
                Compare(document, schema, await RunningApi.Json(answer), path, wrong);
            }

        Assert.True(asked >= 15, $"{asked} reads");
        Assert.Empty(wrong);
    }

    /// <summary>What changes for integrators shows in a review.</summary>
    [Fact]
    public async Task The_document_in_the_repository_is_the_one_that_is_served()
    {
        var file = Path.Combine(SourceTree.Root, "docs", "openapi.json");
        var served = await Document();
        served.AsObject().Remove("servers");
        var text = served.ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("EVENTSETTLEMENT_WRITE_OPENAPI") == "1")
            await File.WriteAllTextAsync(file, text);
        Assert.True(
            await File.ReadAllTextAsync(file) == text,
            "docs/openapi.json is another: EVENTSETTLEMENT_WRITE_OPENAPI=1 ./test --filter Description writes it"
        );
    }

    [Fact]
    public async Task Each_operation_has_a_summary_its_role_and_what_goes_wrong()
    {
        var document = await Document();
        foreach (var (path, operations) in document["paths"]!.AsObject())
        foreach (var (method, operation) in operations!.AsObject())
        {
            Assert.True(operation!["summary"] is not null, $"{method} {path} has no summary");
            Assert.StartsWith("Needs ", (string?)operation["description"], StringComparison.Ordinal);
            Assert.EndsWith(
                "/Problem",
                (string?)
                    operation["responses"]!["default"]!["content"]!["application/problem+json"]!["schema"]!["$ref"],
                StringComparison.Ordinal
            );
            Assert.True(method != "post" || operation["requestBody"] is not null, $"{path} has no body");
        }
    }

    [Fact]
    public async Task The_intake_says_what_a_fact_is()
    {
        var document = await Document();
        var body = document["paths"]!["/v1/events/{topic}"]!["post"]!["requestBody"]!["content"]!["application/json"]!;
        var fact = Assert.Single(body["schema"]!["anyOf"]!.AsArray())!;
        Assert.EndsWith("/study-completed", (string?)fact["$ref"], StringComparison.Ordinal);
        var (right, wrong) = (new List<string>(), new List<string>());
        var taken = JsonNode.Parse(SettledInstallation.Fact("S-1", "M-1"))!;
        Compare(document, fact, taken, "fact", right);
        Assert.Empty(right);
        taken.AsObject().Remove("currency");
        taken["participants"]![0]!["absences"] = "2";
        Compare(document, fact, taken, "fact", wrong);
        Assert.Equal(["fact/currency is not there", "fact/participants/*/absences is string, not integer"], wrong);
        var schema = document["components"]!["schemas"]!["study-completed"]!;
        Assert.Equal(10_000, (int)schema["properties"]!["participants"]!["maxItems"]!);
    }

    [Fact]
    public async Task The_explorer_loads_nothing_from_elsewhere()
    {
        using var client = installation.Client();
        var page = await client.GetStringAsync("/docs/index.html");
        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        var files = page.Split('"').Where(t => t.StartsWith("./", StringComparison.Ordinal)).Distinct();
        foreach (var file in files)
            Assert.True((await client.GetAsync("/docs/" + file[2..])).IsSuccessStatusCode, file);
    }

    private async Task<JsonNode> Document()
    {
        using var client = installation.Client();
        return await RunningApi.Json(await client.GetAsync("/openapi/v1.json"));
    }

    private async Task<string> Filled(string path) =>
        path switch
        {
            "/v1/items" => "/v1/items?run=1",
            "/v1/runs/{id}" => "/v1/runs/1",
            "/v1/runs/verify" => "/v1/runs/verify?programme=study-refund&period=once",
            "/v1/policies/{programme}" => "/v1/policies/" + TrialFees.Name,
            "/v1/policies/{programme}/{date}" => $"/v1/policies/{TrialFees.Name}/2026-11-01",
            "/v1/parked/{id}" => "/v1/parked/1",
            "/v1/commands/{id}" => "/v1/commands/"
                + await Id("/v1/settlements/" + await installation.SettlementOf("S-GONE") + "/hold", null, "commandId"),
            "/v1/selections/{id}" => "/v1/selections/" + await Id("/v1/selections", new { run = 1 }, "selectionId"),
            _ => path.Replace("{id}", await installation.SettlementOf("S-2"), StringComparison.Ordinal),
        };

    private async Task<string> Id(string path, object? body, string field)
    {
        using var client = installation.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = body is null ? null : JsonContent.Create(body);
        request.Headers.Add("Idempotency-Key", "described " + path);
        return (string)(await RunningApi.Json(await client.SendAsync(request)))[field]!;
    }

    private static void Compare(JsonNode document, JsonNode schema, JsonNode? value, string at, List<string> wrong)
    {
        if ((string?)schema["$ref"] is { } reference)
            schema = document["components"]!["schemas"]![reference.Split('/')[^1]]!;
        string[] types =
            schema["type"] is JsonArray many ? [.. many.Select(t => (string)t!)]
            : schema["type"] is { } one ? [(string)one!]
            : [];
        if (types.Length > 0 && !types.Contains(TypeOf(value)))
            wrong.Add($"{at} is {TypeOf(value)}, not {string.Join(" or ", types)}");
        if (value is JsonArray items)
            foreach (var item in items)
                Compare(document, schema["items"]!, item, at + "/*", wrong);
        // A document of somebody else's, said to have any fields.
        if (value is not JsonObject fields || schema["additionalProperties"] is JsonObject)
            return;
        foreach (var name in schema["required"]?.AsArray() ?? [])
            if (!fields.ContainsKey((string)name!))
                wrong.Add($"{at}/{name} is not there");
        foreach (var (name, field) in fields)
            if (schema["properties"]?[name] is { } described)
                Compare(document, described, field, $"{at}/{name}", wrong);
            else
                wrong.Add($"{at}/{name} is not described");
    }

    private static string TypeOf(JsonNode? value) =>
        value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Array => "array",
            JsonValueKind.Object => "object",
            _ => value!.AsValue().TryGetValue<long>(out _) ? "integer" : "number",
        };
}
