using EventSettlement.Access;
using EventSettlement.Platform;

namespace EventSettlement.Dashboard;

/// <summary>One page that shows runs, states, failures and alerts, live.</summary>
public static class DashboardSlice
{
    public static readonly Slice Slice = new("dashboard")
    {
        Add = server => server.Services.AddSingleton<OverviewReads>(),
        MapPages = Map,
    };

    private static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", OverviewPage.Show).Needs(Role.Viewer).ExcludeFromDescription();
        routes.MapGet("/live", OverviewPage.Live).Needs(Role.Viewer).ExcludeFromDescription();
    }
}
