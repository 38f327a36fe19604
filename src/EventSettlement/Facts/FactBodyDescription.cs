using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace EventSettlement.Facts;

/// <summary>The body of facts in the OpenAPI document; the endpoint reads it by itself.</summary>
internal static class FactBodyDescription
{
    public static Task Describe(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancel
    )
    {
        var fact = SchemaOf(context);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "One JSON object, or one a line; at most 1,000 lines and 1 MB.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = fact },
                ["application/x-ndjson"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        };
        return Task.CompletedTask;
    }

    /// <summary>Any of the facts that topics take: which one hangs on the topic in the path.</summary>
    private static OpenApiSchema SchemaOf(OpenApiOperationTransformerContext context)
    {
        var document = context.Document!;
        var facts = new List<IOpenApiSchema>();
        foreach (var topic in context.ApplicationServices.GetServices<FactTopic>().OrderBy(t => t.Name))
            if (topic.Schema is { } schema)
            {
                document.AddComponent(topic.Name, Read(topic.Name, schema, document));
                facts.Add(new OpenApiSchemaReference(topic.Name, document));
            }

        return facts.Count == 0
            ? new OpenApiSchema { Type = JsonSchemaType.Object }
            : new OpenApiSchema { AnyOf = facts };
    }

    private static OpenApiSchema Read(string topic, string schema, OpenApiDocument document) =>
        OpenApiModelFactory.Parse<OpenApiSchema>(schema, OpenApiSpecVersion.OpenApi3_1, document, out var read)
            is { } parsed
        && read.Errors.Count == 0
            ? parsed
            : throw new InvalidOperationException(
                $"the schema of {topic} cannot be read: {string.Join("; ", read.Errors)}"
            );
}
