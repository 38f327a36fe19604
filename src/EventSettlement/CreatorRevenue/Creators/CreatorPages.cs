using EventSettlement.Pages;
using EventSettlement.Platform;

namespace EventSettlement.CreatorRevenue.Creators;

/// <summary>The creators of a month, and one creator's month explained.</summary>
internal static class CreatorPages
{
    public const string Path = "/creators";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage(Path, Show);
        routes.MapPage(Path + "/{creatorId}/{month}", ShowMonth);
    }

    public static string Address(string month, string? creator, string? after) =>
        Path
        + QueryString.Create(
            new KeyValuePair<string, string?>[]
            {
                new("month", month),
                new("creator", creator),
                new("after", after),
            }.Where(part => part.Value is not null)
        );

    public static string Address(CreatorRow row) => $"{Path}/{Uri.EscapeDataString(row.CreatorId)}/{row.Month}";

    private static async Task<IResult> Show(
        string? month,
        string? creator,
        string? after,
        CreatorBoards boards,
        HttpContext http,
        CancellationToken cancel
    )
    {
        DateOnly? asked = PageRoutes.Field(month, "/month") is { } text ? MonthOf(text) : null;
        var place = PageRoutes.Field(after, "/after");
        var board = await boards.Read(asked, PageRoutes.Field(creator, "/creator"), place, cancel);
        return FramedPage.Answer(http, "Creators", CreatorSections.Create(board));
    }

    private static async Task<IResult> ShowMonth(
        string creatorId,
        string month,
        CreatorBoards boards,
        HttpContext http,
        CancellationToken cancel
    )
    {
        // The one character of an id that the server leaves as it was sent.
        var creator = creatorId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var board =
            await boards.ReadMonth(creator, MonthOf(month), cancel)
            ?? throw new ProblemException(
                404,
                "creator_month_not_found",
                $"{creator} was not settled for {month}",
                $"settle run preview {RevenueProgramme.Name} --date DATE tells what a run would settle"
            );
        return FramedPage.Answer(http, $"{creator} {month}", CreatorMonthSections.Create(board));
    }

    private static DateOnly MonthOf(string text) =>
        RevenueMonth.Month(text) ?? throw ProblemException.Invalid("/month", "is a month such as 2026-11");
}
