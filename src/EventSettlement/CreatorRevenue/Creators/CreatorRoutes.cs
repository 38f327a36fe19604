using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.CreatorRevenue.Forecasts;
using EventSettlement.Platform;

namespace EventSettlement.CreatorRevenue.Creators;

/// <summary>Creators and their settled months.</summary>
internal static class CreatorRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/creators", List)
            .WithTags("creators")
            .Needs(Role.Viewer)
            .WithName("ListCreators")
            .WithSummary("What creators were settled for, a row a month");
        v1.MapGet(
                "/creator-forecasts",
                (
                    string? by,
                    string? creator,
                    int? limit,
                    string? after,
                    RevenueForecasts forecasts,
                    CancellationToken cancel
                ) => forecasts.List(by, creator, limit, after, cancel)
            )
            .WithTags("creators")
            .Needs(Role.Viewer)
            .WithName("ListCreatorForecasts")
            .WithSummary(
                "What creators will have earned at the month's end, with the error of such forecasts in the past"
            );
    }

    private static Task<Page<CreatorRow>> List(
        string? month,
        string? creator,
        int? limit,
        string? after,
        CreatorReads reads,
        CancellationToken cancel
    ) =>
        reads.List(
            month is null ? null : RevenueMonth.Asked(month),
            PlainText.Optional(creator, "/creator"),
            limit,
            after,
            cancel
        );
}
