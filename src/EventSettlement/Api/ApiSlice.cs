using EventSettlement.Access;
using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>The interface for people and programs under /v1, its description and its health.</summary>
public static class ApiSlice
{
    public static IServiceCollection AddApi(this IServiceCollection services, Settings settings)
    {
        services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
        // Otherwise what cannot be bound is answered with an empty body, outside of development.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", Description.Describe);
        services.AddSingleton<MetricsText>().AddSingleton<IdempotencyStore>().AddSingleton<CommandDesk>();
        return services
            .AddSingleton<SettlementReads>()
            .AddSingleton<ItemReads>()
            .AddSingleton<OperationReads>()
            .AddSingleton<HealthReads>()
            .AddSingleton<OffsetReads>()
            .AddSingleton<SelectionRows>()
            .AddSingleton<SelectionDesk>();
    }

    /// <summary>In front of all endpoints: problems, then who may, then once-only.</summary>
    public static void UseApi(this WebApplication app)
    {
        // Counters count from the start, not from the first time that somebody looks at them.
        _ = app.Services.GetRequiredService<MetricsText>();
        app.UseMiddleware<ProblemAnswers>();
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

    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").AddEndpointFilterFactory(KnownParameters.Check);
        SettlementRoutes.Map(v1);
        RunRoutes.Map(v1);
        OperationRoutes.Map(v1);
        LogRoutes.Map(v1);
        SelectionRoutes.Map(v1);
        routes.MapOpenApi("/openapi/{documentName}.json").Needs(Role.Viewer);
        return routes;
    }
}
