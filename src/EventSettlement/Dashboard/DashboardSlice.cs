using EventSettlement.Access;
using EventSettlement.Platform;

namespace EventSettlement.Dashboard;

/// <summary>One page that shows runs, states, failures and alerts, live.</summary>
public static class DashboardSlice
{
    public static IServiceCollection AddDashboard(this IServiceCollection services, Settings settings) =>
        services.AddSingleton<OverviewReads>();

    public static IEndpointRouteBuilder MapDashboard(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", OverviewPage.Show).Needs(Role.Viewer).ExcludeFromDescription();
        routes.MapGet("/live", OverviewPage.Live).Needs(Role.Viewer).ExcludeFromDescription();
        return routes;
    }
}
