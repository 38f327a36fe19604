using EventSettlement.Access;
using Microsoft.AspNetCore.Mvc;

namespace EventSettlement.Api;

public sealed record RetryBody(bool IncludeRejected = false);

public sealed record ReasonBody(string? Reason = null);

/// <summary>A request that tells nothing; a field in it would be a mistake.</summary>
public sealed record NoBody;

/// <summary>Settlements, their items and what operators ask of them.</summary>
internal static class SettlementRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/settlements").WithTags("settlements");
        group
            .MapGet(
                "",
                (
                    string? state,
                    string? programme,
                    long? run,
                    string? subject,
                    int? limit,
                    string? after,
                    SettlementReads reads,
                    CancellationToken cancel
                ) => reads.List(new SettlementFilter(state, programme, run, subject), limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListSettlements");
        group.MapGet("/{id:guid}", Show).Needs(Role.Viewer).WithName("ShowSettlement");
        group.MapGet("/{id:guid}/items", Items).Needs(Role.Viewer).WithName("ListSettlementItems");
        group.MapGet("/{id:guid}/history", History).Needs(Role.Viewer).WithName("ShowSettlementHistory");
        group
            .MapPost(
                "/{id:guid}/retry",
                (Guid id, RetryBody? body, CommandDesk desk, HttpContext http) =>
                    desk.Ask(id, "retry", body?.IncludeRejected ?? false, null, http)
            )
            .Answers("RetrySettlement");
        group
            .MapPost(
                "/{id:guid}/cancel",
                (Guid id, ReasonBody? body, CommandDesk desk, HttpContext http) =>
                    desk.Ask(id, "cancel", false, PlainText.Needed(body?.Reason, "/reason"), http)
            )
            .Answers("CancelSettlement");
        group
            .MapPost(
                "/{id:guid}/hold",
                (Guid id, ReasonBody? body, CommandDesk desk, HttpContext http) =>
                    desk.Ask(id, "hold", false, PlainText.Optional(body?.Reason, "/reason"), http)
            )
            .Answers("HoldSettlement");
        group
            .MapPost(
                "/{id:guid}/release",
                (Guid id, NoBody? body, CommandDesk desk, HttpContext http) =>
                    desk.Ask(id, "release", false, null, http)
            )
            .Answers("ReleaseSettlement");
        v1.MapGet(
                "/commands/{id:guid}",
                async (Guid id, CommandDesk desk, CancellationToken cancel) =>
                    await desk.Find(id, cancel)
                    ?? throw ProblemException.NotFound("command_not_found", $"there is no command {id}")
            )
            .Needs(Role.Viewer)
            .WithName("ShowCommand")
            .WithTags("settlements");
        v1.MapGet(
                "/items",
                (
                    long? run,
                    Guid? settlement,
                    string? member,
                    string? state,
                    int? limit,
                    string? after,
                    ItemReads reads,
                    CancellationToken cancel
                ) =>
                    run is null && settlement is null && member is null
                        ? throw ProblemException.Invalid("/run", "or settlement or member is given")
                        : reads.List(new ItemFilter(settlement, run, member, state), limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListItems")
            .WithTags("items");
    }

    private static async Task<SettlementRow> Show(Guid id, SettlementReads reads, CancellationToken cancel) =>
        await reads.Find(id, cancel) ?? throw NotFound(id);

    private static async Task<Page<ItemRow>> Items(
        Guid id,
        long? run,
        string? member,
        string? state,
        int? limit,
        string? after,
        SettlementReads reads,
        ItemReads items,
        CancellationToken cancel
    )
    {
        _ = await Show(id, reads, cancel);
        return await items.List(new ItemFilter(id, run, member, state), limit, after, cancel);
    }

    private static async Task<Page<HistoryEntry>> History(
        Guid id,
        int? limit,
        string? after,
        SettlementReads reads,
        CancellationToken cancel
    )
    {
        _ = await Show(id, reads, cancel);
        return await reads.History(id, limit, after, cancel);
    }

    public static ProblemException NotFound(Guid id) =>
        ProblemException.NotFound("settlement_not_found", $"there is no settlement {id}");

    private static void Answers(this RouteHandlerBuilder endpoint, string name) =>
        endpoint
            .Needs(Role.Operator)
            .WithName(name)
            .Produces<CommandAnswered>(200)
            .Produces<CommandAnswered>(202)
            .Produces<Problem>(404, "application/problem+json")
            .Produces<Problem>(409, "application/problem+json");
}
