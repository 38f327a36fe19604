using System.Text.Json.Serialization;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;
using EventSettlement.Views.Statistics;

namespace EventSettlement.Views.Signals;

/// <summary>Anomalies, with how often something ordinary may have been taken for one.</summary>
/// <param name="Notes">The same in words, and what could not be judged.</param>
public sealed record AnomalyPage(
    IReadOnlyList<AnomalyRow> Items,
    [property: JsonPropertyName("has_more")] bool HasMore,
    string? After,
    IReadOnlyList<FalseAlarmRate> FalseAlarms,
    IReadOnlyList<string> Notes
);

/// <summary>What stands out in the statistics, and what is to be expected of the month.</summary>
internal static class SignalRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/view-anomalies", ListAnomalies)
            .WithTags("views")
            .Needs(Role.Viewer)
            .WithName("ListViewAnomalies")
            .WithSummary("Days of contents, ads and the whole outside of what was expected, and bursts");
        v1.MapGet("/view-forecasts", ListForecasts)
            .WithTags("views")
            .Needs(Role.Viewer)
            .WithName("ListViewForecasts")
            .WithSummary("Views to the month's end, with the error of such forecasts in the past");
    }

    private static async Task<AnomalyPage> ListAnomalies(
        string? by,
        string? id,
        string? from,
        string? to,
        int? limit,
        string? after,
        AnomalyReads reads,
        CancellationToken cancel
    )
    {
        var filter = AnomalyFilter.Of(by, id, StatisticsFilter.Date("/from", from), StatisticsFilter.Date("/to", to));
        var (most, place) = (Paging.Limit(limit), Paging.Decode(after));
        var found = await reads.Find(filter, cancel);
        var rows = found
            .Rows.Select(f => f.Row)
            .Where(row => place is null || string.CompareOrdinal(Place(row), place) > 0)
            .Take(most + 1)
            .ToList();
        var page = Paging.Cut(rows, most, Place);
        return new AnomalyPage(page.Items, page.HasMore, page.After, found.Rates, found.Notes);
    }

    private static Task<Page<ViewForecastRow>> ListForecasts(
        string? by,
        string? id,
        int? limit,
        string? after,
        ForecastReads reads,
        CancellationToken cancel
    ) => reads.List(by, id, limit, after, cancel);

    /// <summary>Sorted as the rows are: no id has the control character.</summary>
    private static string Place(AnomalyRow row) => string.Join('\u0001', row.Start, row.What, row.Id, row.SourceId);
}
