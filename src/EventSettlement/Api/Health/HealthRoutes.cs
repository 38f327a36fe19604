using EventSettlement.Access;

namespace EventSettlement.Api;

/// <summary>Alive, ready, and what stands behind; metrics in Prometheus text.</summary>
internal static class HealthRoutes
{
    public static void Map(IEndpointRouteBuilder routes, IReadOnlyCollection<string> roles)
    {
        routes.MapGet("/healthz/live", () => Results.Text("alive\n")).OpenToAll().WithTags("health").WithName("Live");
        routes
            .MapGet("/healthz/ready", (HealthReads reads, CancellationToken cancel) => Ready(reads, roles, cancel))
            .OpenToAll()
            .WithTags("health")
            .WithName("Ready");
        routes
            .MapGet("/healthz/details", (HealthReads reads, CancellationToken cancel) => reads.Details(cancel))
            .Needs(Role.Viewer)
            .WithTags("health")
            .WithName("HealthDetails");
        routes
            .MapGet("/metrics", (MetricsText metrics) => Results.Text(metrics.Render(), "text/plain; version=0.0.4"))
            .Needs(Role.Viewer)
            .WithTags("health")
            .WithName("Metrics");
    }

    private static async Task<IResult> Ready(
        HealthReads reads,
        IReadOnlyCollection<string> roles,
        CancellationToken cancel
    ) =>
        await reads.FindMissing(roles, cancel) is { } missing
            ? Results.Text($"not ready: {missing} does not answer\n", statusCode: 503)
            : Results.Text("ready\n");
}
