using System.Globalization;
using EventSettlement.Pages;
using EventSettlement.Platform;

namespace EventSettlement.Views.Statistics;

/// <summary>Views in plots and tables, the most viewed, ads against content, and how the intake fares.</summary>
internal static class StatisticsPage
{
    public const string Path = "/statistics";

    private const int MostTop = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage(Path, Show);
        routes.MapLive(Path + "/live", Live);
    }

    /// <summary>Of the page, or of the API's export, which takes the same names.</summary>
    public static string Address(string path, StatisticsFilter filter) =>
        PageRoutes.Address(
            path,
            ("by", filter.By),
            ("period", filter.Period),
            ("from", Day(filter.From)),
            ("to", Day(filter.To)),
            ("id", filter.Id),
            ("top", filter.Top?.ToString(CultureInfo.InvariantCulture))
        );

    /// <summary>The command that prints the same figures.</summary>
    public static string Command(StatisticsFilter filter) =>
        $"settle views stats --by {filter.By} --period {filter.Period} --from {Day(filter.From)} --to {Day(filter.To)}"
        + (filter.Id is { } id ? $" --id '{id.Replace("'", "'\\''", StringComparison.Ordinal)}'" : "")
        + (filter.Top is { } top ? $" --top {top}" : "");

    private static async Task<IResult> Show(
        [AsParameters] Question asked,
        StatisticsBoards boards,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var filter = asked.Filter();
        var board = await boards.Read(filter, cancel);
        return FramedPage.Answer(http, "Statistics", StatisticsSections.Create(board), Address(Path + "/live", filter));
    }

    private static Task Live([AsParameters] Question asked, StatisticsBoards boards, HttpContext http)
    {
        var filter = asked.Filter();
        return LiveSections.Send(
            http,
            Interval,
            async cancel => StatisticsSections.Create(await boards.Read(filter, cancel))
        );
    }

    private static string? Day(DateOnly? day) => day is { } date ? Figures.Day(date) : null;

    /// <summary>As a form or a link asks.</summary>
    private sealed record Question(string? By, string? Period, string? From, string? To, string? Id, string? Top)
    {
        public StatisticsFilter Filter()
        {
            int? most =
                PageRoutes.Field(Top, "/top") is not { } text ? null
                : int.TryParse(text, out var number) && number is >= 1 and <= MostTop ? number
                : throw ProblemException.Invalid("/top", $"is 1 to {MostTop}");
            return StatisticsFilter.Of(
                PageRoutes.Field(By, "/by"),
                PageRoutes.Field(Period, "/period"),
                PageRoutes.Field(From, "/from"),
                PageRoutes.Field(To, "/to"),
                PageRoutes.Field(Id, "/id"),
                most
            );
        }
    }
}
