using EventSettlement.Pages;
using EventSettlement.Platform;

namespace EventSettlement.Dashboard;

/// <summary>One page that shows runs, states, failures and alerts, live.</summary>
public static class DashboardSlice
{
    public static readonly Slice Slice = new("dashboard")
    {
        Add = server =>
            server.Services.AddSingleton<OverviewReads>().AddSingleton(new PageLink("Overview", OverviewPage.Path)),
        MapPages = Map,
    };

    private static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage(OverviewPage.Path, OverviewPage.Show);
        routes.MapLive(OverviewPage.LivePath, OverviewPage.Live);
    }
}
