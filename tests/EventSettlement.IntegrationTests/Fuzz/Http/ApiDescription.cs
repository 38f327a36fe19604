using System.Text.Json.Nodes;

namespace EventSettlement.IntegrationTests.Fuzz.Http;

/// <summary>One operation of the served OpenAPI document.</summary>
/// <param name="Names">Name and place (path, query or header) of each parameter.</param>
/// <param name="Fields">Of the body's schema; null where there is no body.</param>
/// <param name="Successes">Statuses below 400 that are described.</param>
internal sealed record Operation(
    string Id,
    HttpMethod Method,
    string Path,
    (string Name, string Place, JsonNode Schema)[] Names,
    (string Name, JsonNode Schema)[]? Fields,
    HashSet<int> Successes
)
{
    /// <summary>A preview has a body and changes nothing: it needs no higher role, no key, and leaves no row.</summary>
    public bool IsChanging => (Method == HttpMethod.Post && Id != "PreviewRun") || Method == HttpMethod.Put;

    public static Operation[] Of(JsonNode document) =>
        [
            .. from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            select new Operation(
                (string)operation.Value!["operationId"]!,
                HttpMethod.Parse(operation.Key),
                path.Key,
                [
                    .. (operation.Value["parameters"]?.AsArray() ?? []).Select(p =>
                        ((string)p!["name"]!, (string)p["in"]!, p["schema"]!)
                    ),
                ],
                Body(document, operation.Value["requestBody"]?["content"]?["application/json"]?["schema"]),
                [
                    .. operation.Value["responses"]!
                        .AsObject()
                        .Where(r => r.Key != "default")
                        .Select(r => int.Parse(r.Key, null))
                        .Where(status => status < 400),
                ]
            ),
        ];

    private static (string, JsonNode)[]? Body(JsonNode document, JsonNode? schema)
    {
        if (schema is null)
            return null;
        var named =
            (string?)schema["$ref"]
            ?? schema["oneOf"]?.AsArray().Select(s => (string?)s!["$ref"]).FirstOrDefault(s => s is not null);
        if (named is not null)
            schema = document["components"]!["schemas"]![named.Split('/')[^1]]!;
        return [.. (schema["properties"]?.AsObject() ?? []).Select(p => (p.Key, p.Value!))];
    }
}
