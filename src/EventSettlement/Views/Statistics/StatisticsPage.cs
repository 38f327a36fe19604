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
        path
        + QueryString.Create(
            new KeyValuePair<string, string?>[]
            {
                new("by", filter.By),
                new("period", filter.Period),
                new("from", Day(filter.From)),
                new("to", Day(filter.To)),
                new("id", filter.Id),
                new("top", filter.Top is { } top ? top.ToString(CultureInfo.InvariantCulture) : null),
            }.Where(part => part.Value is not null)
        );

    /// <summary>The command that prints the same figures.</summary>
    public static string Command(StatisticsFilter filter) =>
        $"settle views stats --by {filter.By} --period {filter.Period} --from {Day(filter.From)} --to {Day(filter.To)}"
        + (filter.Id is { } id ? $" --id '{id.Replace("'", "'\\''", StringComparison.Ordinal)}'" : "")
        + (filter.Top is { } top ? $" --top {top}" : "");

    private static async Task<IResult> Show(
        string? by,
        string? period,
        string? from,
        string? to,
        string? id,
        string? top,
        StatisticsBoards boards,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var filter = Asked(by, period, from, to, id, top);
        var board = await boards.Read(filter, cancel);
        return FramedPage.Answer(http, "Statistics", StatisticsSections.Create(board), Address(Path + "/live", filter));
    }

    private static Task Live(
        string? by,
        string? period,
        string? from,
        string? to,
        string? id,
        string? top,
        StatisticsBoards boards,
        HttpContext http
    )
    {
        var filter = Asked(by, period, from, to, id, top);
        return LiveSections.Send(
            http,
            Interval,
            async cancel => StatisticsSections.Create(await boards.Read(filter, cancel))
        );
    }

    private static StatisticsFilter Asked(string? by, string? period, string? from, string? to, string? id, string? top)
    {
        int? most =
            PageRoutes.Field(top, "/top") is not { } text ? null
            : int.TryParse(text, out var number) && number is >= 1 and <= MostTop ? number
            : throw ProblemException.Invalid("/top", $"is 1 to {MostTop}");
        return StatisticsFilter.Of(
            PageRoutes.Field(by, "/by"),
            PageRoutes.Field(period, "/period"),
            PageRoutes.Field(from, "/from"),
            PageRoutes.Field(to, "/to"),
            PageRoutes.Field(id, "/id"),
            most
        );
    }

    private static string? Day(DateOnly? day) => day is { } date ? Figures.Day(date) : null;
}
