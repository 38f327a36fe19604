using System.Text.Json;
using System.Text.Json.Nodes;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Cli;
using EventSettlement.Platform;
using EventSettlement.Views.Raw;

namespace EventSettlement.Views.Statistics;

/// <summary>Of which days statistics are counted anew.</summary>
public sealed record RebuildBody(string From, string To);

/// <summary>Statistics, how far they are, and their proof.</summary>
internal static class StatisticsRoutes
{
    public const string Columns = "by,id,period,start,views,watched_seconds,ad_views";

    public static void Map(IEndpointRouteBuilder v1)
    {
        var views = v1.MapGroup("/view-statistics").WithTags("views");
        views
            .MapGet("", List)
            .Needs(Role.Viewer)
            .WithName("ListViewStatistics")
            .WithSummary("Views by content, ad or creator, a day, week, month or year");
        views
            .MapGet("/export", Export)
            .Needs(Role.Viewer)
            .WithName("ExportViewStatistics")
            .WithSummary("The same as CSV, all rows")
            .Produces(200, contentType: "text/csv");
        views
            .MapGet("/status", (ViewStatusReads reads, CancellationToken cancel) => reads.Read(cancel))
            .Needs(Role.Viewer)
            .WithName("ShowViewStatus")
            .WithSummary("What became of the view logs, and how many wait");
        views
            .MapGet(
                "/verify",
                (string? from, string? to, string? id, Recount recount, CancellationToken cancel) =>
                    recount.Verify(StatisticsFilter.Date("/from", from), StatisticsFilter.Date("/to", to), id, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("VerifyViewStatistics")
            .WithSummary("Recount from the kept raw logs and compare");
        views
            .MapPost(
                "/rebuild",
                (RebuildBody body, Recount recount, CancellationToken cancel) =>
                    recount.Rebuild(DaysOf(body.From, body.To), cancel)
            )
            .Needs(Role.Admin)
            .WithName("RebuildViewStatistics")
            .WithSummary("Count days anew from the kept raw logs, while views keep coming");
    }

    private static Task<Page<StatisticsRow>> List(
        string? by,
        string? period,
        string? from,
        string? to,
        string? id,
        int? top,
        int? limit,
        string? after,
        StatisticsReads reads,
        CancellationToken cancel
    ) => reads.List(StatisticsFilter.Of(by, period, from, to, id, top), limit, after, cancel);

    private static IResult Export(
        string? by,
        string? period,
        string? from,
        string? to,
        string? id,
        int? top,
        StatisticsReads reads,
        CancellationToken cancel
    )
    {
        var rows = reads.Read(StatisticsFilter.Of(by, period, from, to, id, top), null, null, cancel);
        return Results.Stream(
            async stream =>
            {
                await using var text = new StreamWriter(stream, leaveOpen: true);
                await Listing.Write(AsJson(rows), Columns, "csv", text, cancel);
            },
            "text/csv; charset=utf-8",
            "view-statistics.csv"
        );
    }

    private static async IAsyncEnumerable<JsonObject> AsJson(IAsyncEnumerable<StatisticsRow> rows)
    {
        await foreach (var row in rows)
            yield return JsonSerializer.SerializeToNode(row, JsonSerializerOptions.Web)!.AsObject();
    }

    private static (DateOnly From, DateOnly To) DaysOf(string? from, string? to)
    {
        var (first, last) = (StatisticsFilter.Date("/from", from), StatisticsFilter.Date("/to", to));
        if (first is null || last is null)
            throw ProblemException.Invalid(first is null ? "/from" : "/to", "is needed: a date such as 2026-11-20");
        return first <= last ? (first.Value, last.Value) : throw ProblemException.Invalid("/to", "is not before from");
    }
}
