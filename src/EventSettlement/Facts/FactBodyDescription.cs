using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

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
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "One JSON object, or one a line; at most 1,000 lines and 1 MB.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                ["application/x-ndjson"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        };
        return Task.CompletedTask;
    }
}
