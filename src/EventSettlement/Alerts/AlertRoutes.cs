using EventSettlement.Access;

namespace EventSettlement.Alerts;

/// <summary>What needs a person.</summary>
internal static class AlertRoutes
{
    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet(
                "/alerts",
                (string? state, int? limit, string? after, AlertReads reads, CancellationToken cancel) =>
                    reads.List(state, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListAlerts")
            .WithSummary("What needs a person, one row a cause")
            .WithTags("operations");
}
