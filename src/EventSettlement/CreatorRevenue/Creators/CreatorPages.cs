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
        PageRoutes.Address(Path, ("month", month), ("creator", creator), ("after", after));

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
        DateOnly? asked = PageRoutes.Field(month, "/month") is { } text ? RevenueMonth.Asked(text) : null;
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
            await boards.ReadMonth(creator, RevenueMonth.Asked(month), cancel)
            ?? throw new ProblemException(
                404,
                "creator_month_not_found",
                $"{creator} was not settled for {month}",
                $"settle run preview {RevenueProgramme.Name} --date DATE tells what a run would settle"
            );
        return FramedPage.Answer(http, $"{creator} {month}", CreatorMonthSections.Create(board));
    }
}
