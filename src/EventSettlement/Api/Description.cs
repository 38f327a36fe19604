using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using EventSettlement.Access;
using EventSettlement.Platform;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EventSettlement.Api;

/// <summary>What the OpenAPI document says beyond the routes: keys, roles, Idempotency-Key, problems.</summary>
internal static class Description
{
    public static void Describe(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) => DescribeDocument(document));
        options.AddSchemaTransformer((schema, context, _) => DescribeSchema(schema, context));
        options.AddOperationTransformer((operation, context, _) => DescribeOperation(operation, context));
    }

    private static Task DescribeDocument(OpenApiDocument document)
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
        foreach (var server in document.Servers ?? [])
            server.Url = server.Url?.TrimEnd('/');
        document.Security = [new OpenApiSecurityRequirement { [key] = [] }];
        return Task.CompletedTask;
    }

    private static Task DescribeSchema(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        // Answers may gain fields; only a request is refused for one that is not known.
        if (!context.JsonTypeInfo.Type.Name.EndsWith("Body", StringComparison.Ordinal))
            schema.AdditionalPropertiesAllowed = true;
        // Sums of minor units: whole numbers that may pass 64 bits.
        if (context.JsonTypeInfo.Type == typeof(decimal))
            (schema.Type, schema.Format) = ((schema.Type & ~JsonSchemaType.Number) | JsonSchemaType.Integer, null);
        // A document of somebody else's: an object with fields that are not ours to describe.
        if (context.JsonTypeInfo.Type == typeof(JsonElement))
            (schema.Type, schema.AdditionalProperties) = (JsonSchemaType.Object, new OpenApiSchema());
        foreach (var property in context.JsonTypeInfo.Properties)
            if (IsLeftOut(property))
                schema.Required?.Remove(property.Name);
        if (context.JsonPropertyInfo is { } one && Attribute<AllowedValuesAttribute>(one) is { } allowed)
            schema.Enum = [.. allowed.Values.Select(value => (JsonNode)(string)value!)];
        return Task.CompletedTask;
    }

    /// <summary>Where it has nothing to say it is not in the answer.</summary>
    private static bool IsLeftOut(JsonPropertyInfo property) =>
        Attribute<JsonIgnoreAttribute>(property) is { Condition: JsonIgnoreCondition.WhenWritingNull };

    private static T? Attribute<T>(JsonPropertyInfo property)
        where T : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();

    private static Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context)
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
        var needed = context.Description.ActionDescriptor.EndpointMetadata.OfType<RoleNeeded>().LastOrDefault()?.Role;
        operation.Description = needed is { } role
            ? $"Needs a key of the role {role.ToString().ToLowerInvariant()} or a higher one."
            : "Needs no key.";
        if (needed is null)
            operation.Security = [];
        if (context.Description.HttpMethod is "POST" or "PUT" && !ReadsOnly(context))
            (operation.Parameters ??= []).Add(IdempotencyKey());
        return Task.CompletedTask;
    }

    private static bool ReadsOnly(OpenApiOperationTransformerContext context) =>
        context.Description.ActionDescriptor.EndpointMetadata.OfType<ChangesNothing>().Any();

    private static OpenApiParameter IdempotencyKey() =>
        new()
        {
            Name = "Idempotency-Key",
            In = ParameterLocation.Header,
            Required = true,
            Description = "Names this intention; a repeat with the same key and body gets the stored answer.",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MinLength = 1,
                MaxLength = 255,
            },
        };
}
