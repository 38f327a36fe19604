using EventSettlement.Access;
using EventSettlement.Api.Health;
using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>
/// What the interface under /v1 has of its own: problems, requests that count once, lists in pages, its description and
/// its health. The slices bring the endpoints.
/// </summary>
public static class ApiSlice
{
    public static readonly Slice Slice = new("api")
    {
        Settings = ApiSettings.All,
        Check = ApiCertificate.Check,
        Add = Add,
        Map = AuditRoutes.Map,
        Verbs = () => [AuditVerbs.Command()],
        MapPages = routes => routes.MapOpenApi("/openapi/{documentName}.json").Needs(Role.Viewer),
    };

    private static void Add(ServerProcess server)
    {
        var services = server.Services;
        services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
        // Otherwise what cannot be bound is answered with an empty body, outside of development.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddRequestDecompression();
        services.AddOpenApi("v1", Description.Describe);
        services.AddSingleton<IdempotencyStore>().AddSingleton<HealthReads>().AddSingleton<AuditReads>();
    }

    /// <summary>In front of all endpoints: problems, then who may, then once-only.</summary>
    public static void UseApi(this WebApplication app)
    {
        app.UseMiddleware<ProblemAnswers>();
        app.Use(ReadableRequests.Prepare);
        app.UseRequestDecompression();
        app.UseRouting();
        app.UseMiddleware<Gate>();
        app.UseMiddleware<ChangingRequests>();
        app.UseSwaggerUI(o =>
        {
            o.RoutePrefix = "docs";
            o.SwaggerEndpoint("/openapi/v1.json", "EventSettlement v1");
            o.DocumentTitle = "EventSettlement API";
        });
    }

    /// <summary>For every role.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes, IReadOnlyCollection<string> roles) =>
        HealthRoutes.Map(routes, roles);

    /// <returns>Where the slices map their endpoints.</returns>
    public static IEndpointRouteBuilder MapV1(this IEndpointRouteBuilder routes)
    {
        return routes.MapGroup("/v1").AddEndpointFilterFactory(KnownParameters.Check);
    }
}
