using System.Globalization;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;
using EventSettlement.Settlements;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace EventSettlement.Payouts;

/// <summary>Either the downstream's transaction id, or the reason why it will not be paid.</summary>
/// <param name="Reason">With <paramref name="Paid"/>: how that is known.</param>
public sealed record ResolveBody(string? Paid = null, string? WriteOff = null, string? Reason = null);

/// <summary>Items, and what a person ends that no machine can.</summary>
internal static class ItemRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/settlements/{id:guid}/items", ListOfSettlement)
            .Needs(Role.Viewer)
            .WithName("ListSettlementItems")
            .WithSummary("Items of one settlement")
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
            .WithSummary("Items of a run, a settlement or a member")
            .WithTags("items");
        v1.MapPost("/items/{key}/resolve", Resolve)
            .Needs(Role.Admin)
            .WithName("ResolveItem")
            .WithSummary("End by hand what no machine can: it was paid, or is written off")
            .WithTags("items");
    }

    private static async Task<Page<ItemRow>> ListOfSettlement(
        Guid id,
        long? run,
        string? member,
        string? state,
        int? limit,
        string? after,
        SettlementReads settlements,
        ItemReads items,
        CancellationToken cancel
    )
    {
        _ = await settlements.Show(id, cancel);
        return await items.List(new ItemFilter(id, run, member, state), limit, after, cancel);
    }

    private static async Task<ItemRow> Resolve(
        string key,
        ResolveBody body,
        ItemResolution resolution,
        ItemReads items,
        HttpContext http
    )
    {
        var (settlement, no) = ItemKey.Parse(key) ?? throw Unknown(key);
        var (paid, writeOff) = (PlainText.Optional(body.Paid, "/paid"), PlainText.Optional(body.WriteOff, "/writeOff"));
        if (paid is null == writeOff is null)
            throw ProblemException.Invalid("/paid", "or writeOff is given, and one of them only");
        var reason = paid is null ? null : PlainText.Needed(body.Reason, "/reason");
        var (actor, cancel) = (Actor.Of(http).Name, http.RequestAborted);
        var audit = http.Features.GetRequiredFeature<AuditEntry>();
        Task Note(NpgsqlTransaction transaction) => AuditRows.NoteDone(transaction, audit, cancel);
        var answer = paid is null
            ? await resolution.WriteOff(settlement, no, writeOff!, actor, cancel, Note)
            : await resolution.MarkPaid(settlement, no, paid, reason!, actor, cancel, Note);
        if (answer.Code is "not_found")
            throw Unknown(key);
        // The same request after a crash finds what it has done.
        if (!answer.IsDone && !await items.IsResolved(settlement, no, paid, writeOff, cancel))
            throw ProblemException.Refused(
                answer.Code!,
                answer.Reason ?? answer.Code!,
                answer.AskAgainAt is { } at
                    ? string.Create(CultureInfo.InvariantCulture, $"ask again after {at:u}")
                    : null
            );
        return await items.Find(settlement, no, cancel) ?? throw Unknown(key);
    }

    private static ProblemException Unknown(string key) =>
        ProblemException.NotFound("item_not_found", $"there is no item {key}");
}
