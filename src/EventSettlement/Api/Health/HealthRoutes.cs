using EventSettlement.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EventSettlement.Api.Health;

/// <summary>Alive, ready, and what stands behind; metrics in Prometheus text.</summary>
internal static class HealthRoutes
{
    public static void Map(IEndpointRouteBuilder routes, IReadOnlyCollection<string> roles)
    {
        routes
            .MapGet("/healthz/live", () => Results.Text("alive\n"))
            .Produces<string>(contentType: "text/plain")
            .OpenToAll()
            .WithTags("health")
            .WithName("Live")
            .WithSummary("The process is alive");
        routes
            .MapGet("/healthz/ready", (HealthReads reads, CancellationToken cancel) => Ready(reads, roles, cancel))
            .Produces<string>(contentType: "text/plain")
            .Produces<string>(503, "text/plain")
            .OpenToAll()
            .WithTags("health")
            .WithName("Ready")
            .WithSummary("The process can work: its database answers within a second");
        // What some balancers ask with, and nothing else.
        string[] options = [HttpMethods.Options];
        routes.MapMethods("/healthz/live", options, () => Results.Ok()).OpenToAll().ExcludeFromDescription();
        routes
            .MapMethods(
                "/healthz/ready",
                options,
                (HealthReads reads, CancellationToken cancel) => Ready(reads, roles, cancel)
            )
            .OpenToAll()
            .ExcludeFromDescription();
        routes
            .MapGet("/healthz/details", (HealthReads reads, CancellationToken cancel) => reads.Details(cancel))
            .Needs(Role.Viewer)
            .WithTags("health")
            .WithName("HealthDetails")
            .WithSummary("What waits, and for how long");
        // As a route of ours and not the exporter's own, so that it stands in the description and asks for its role.
        var scrape = routes.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build();
        routes
            .MapGet(
                "/metrics",
                async Task<EmptyHttpResult> (HttpContext http) =>
                {
                    await scrape(http);
                    return TypedResults.Empty;
                }
            )
            .Produces<string>(contentType: "text/plain")
            .Needs(Role.Viewer)
            .WithTags("health")
            .WithName("Metrics")
            .WithSummary("Metrics as Prometheus text");
    }

    private static async Task<IResult> Ready(
        HealthReads reads,
        IReadOnlyCollection<string> roles,
        CancellationToken cancel
    ) =>
        await reads.FindMissing(roles, cancel) is { } missing
            ? Results.Text($"not ready: {missing}\n", statusCode: 503)
            : Results.Text("ready\n");
}
