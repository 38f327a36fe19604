using EventSettlement.Pages;

namespace EventSettlement.Dashboard;

/// <summary>What needs a person, what goes on, what failed, and the rest.</summary>
internal static class OverviewPage
{
    public const string Path = "/";
    public const string LivePath = "/live";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task<IResult> Show(OverviewReads reads, HttpContext http, CancellationToken cancel) =>
        FramedPage.Answer(http, "EventSettlement", OverviewSections.Create(await reads.Read(cancel)), LivePath);

    public static Task Live(OverviewReads reads, HttpContext http) =>
        LiveSections.Send(http, Interval, async cancel => OverviewSections.Create(await reads.Read(cancel)));
}
