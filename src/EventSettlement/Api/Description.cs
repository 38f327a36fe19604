using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EventSettlement.Api;

/// <summary>What the OpenAPI document says beyond the routes: keys, Idempotency-Key, problems.</summary>
internal static class Description
{
    public static void Describe(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "EventSettlement";
            document.Info.Version = "1";
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            };
            var key = new OpenApiSecuritySchemeReference("key", document);
            document.Security = [new OpenApiSecurityRequirement { [key] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            operation.Responses ??= [];
            operation.Responses.TryAdd("default", new OpenApiResponse { Description = "application/problem+json" });
            if (context.Description.HttpMethod == "POST")
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = "Idempotency-Key", In = ParameterLocation.Header, Required = true,
                    Description = "Names this intention; a repeat with the same key and body gets the stored answer.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
                });
            return Task.CompletedTask;
        });
    }
}
