using EventSettlement.Access;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EventSettlement.Api;

/// <summary>What the OpenAPI document says beyond the routes: keys, roles, Idempotency-Key, problems.</summary>
internal static class Description
{
    public static void Describe(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Info.Title = "EventSettlement";
                document.Info.Version = "1";
                document.Info.Description =
                    "Errors are application/problem+json with a code, the fields at fault and what "
                    + "to do next. Lists take limit (at most 200) and after.";
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
                };
                var key = new OpenApiSecuritySchemeReference("key", document);
                document.Security = [new OpenApiSecurityRequirement { [key] = [] }];
                return Task.CompletedTask;
            }
        );
        // Answers may gain fields; only a request is refused for one that is not known.
        options.AddSchemaTransformer(
            (schema, context, _) =>
            {
                if (!context.JsonTypeInfo.Type.Name.EndsWith("Body", StringComparison.Ordinal))
                    schema.AdditionalPropertiesAllowed = true;
                // Sums of minor units: whole numbers that may pass 64 bits.
                if (context.JsonTypeInfo.Type == typeof(decimal))
                    (schema.Type, schema.Format) = (
                        (schema.Type & ~JsonSchemaType.Number) | JsonSchemaType.Integer,
                        null
                    );
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            (operation, context, _) =>
            {
                var problem = new OpenApiSchemaReference(nameof(Problem), context.Document);
                (operation.Responses ??= []).TryAdd(
                    "default",
                    new OpenApiResponse
                    {
                        Description = "What went wrong",
                        Content = new Dictionary<string, OpenApiMediaType>
                        {
                            ["application/problem+json"] = new() { Schema = problem },
                        },
                    }
                );
                operation.Summary = Summaries.Of(operation.OperationId);
                operation.Description = Role(context);
                if (Needed(context) is null)
                    operation.Security = [];
                if (context.Description.HttpMethod == "POST")
                    (operation.Parameters ??= []).Add(
                        new OpenApiParameter
                        {
                            Name = "Idempotency-Key",
                            In = ParameterLocation.Header,
                            Required = true,
                            Description =
                                "Names this intention; a repeat with the same key and body gets the stored answer.",
                            Schema = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                MinLength = 1,
                                MaxLength = 255,
                            },
                        }
                    );
                if (operation.OperationId == "PostEvents")
                    operation.RequestBody = Facts();
                return Task.CompletedTask;
            }
        );
    }

    private static string Role(OpenApiOperationTransformerContext context) =>
        Needed(context) is { } role
            ? $"Needs a key of the role {role.ToString().ToLowerInvariant()} or a higher one."
            : "Needs no key.";

    private static Role? Needed(OpenApiOperationTransformerContext context) =>
        context.Description.ActionDescriptor.EndpointMetadata.OfType<RoleNeeded>().LastOrDefault()?.Role;

    private static OpenApiRequestBody Facts() =>
        new()
        {
            Required = true,
            Description = "One JSON object, or one a line; at most 1,000 lines and 1 MB.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                ["application/x-ndjson"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        };
}
