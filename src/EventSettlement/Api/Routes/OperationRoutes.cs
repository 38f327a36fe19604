using System.Text;
using EventSettlement.Access;
using EventSettlement.Ledger;
using EventSettlement.Messaging.Parked;
using EventSettlement.Payouts;
using EventSettlement.StudyRefunds.Explain;

namespace EventSettlement.Api;

/// <summary>A parked message with what arrived: as text where it is UTF-8, and byte for byte.</summary>
public sealed record ParkedShown(
    long ParkedId,
    string Topic,
    int Partition,
    long Offset,
    string Code,
    string? Pointer,
    string Message,
    DateTimeOffset FirstSeen,
    int Seen,
    string Status,
    string? Who,
    string? Reason,
    string? KeyBase64,
    string Headers,
    string? BodyText,
    string? BodyBase64
);

/// <summary>Alerts, parked messages, downstreams, the ledger and explanations.</summary>
internal static class OperationRoutes
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet(
                "/alerts",
                (string? state, int? limit, string? after, OperationReads reads, CancellationToken cancel) =>
                    reads.Alerts(state, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListAlerts")
            .WithTags("operations");
        v1.MapGet(
                "/downstreams",
                (int? limit, string? after, OperationReads reads, CancellationToken cancel) =>
                    reads.Downstreams(limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListDownstreams")
            .WithTags("operations");
        v1.MapPost("/downstreams/{name}/resume", Resume)
            .Needs(Role.Operator)
            .WithName("ResumeDownstream")
            .WithTags("operations");
        v1.MapPost("/items/{key}/resolve", ItemResolving.Resolve)
            .Needs(Role.Admin)
            .WithName("ResolveItem")
            .WithTags("items");
        v1.MapGet(
                "/settlements/{id:guid}/explain",
                async (Guid id, ExplainQuery query, CancellationToken cancel) =>
                    await query.Explain(id, cancel) ?? throw SettlementRoutes.NotFound(id)
            )
            .Needs(Role.Viewer)
            .WithName("ExplainSettlement")
            .WithTags("settlements");
        MapLedger(v1.MapGroup("/ledger").WithTags("ledger"));
        MapParked(v1.MapGroup("/parked").WithTags("parked"));
    }

    private static async Task<DownstreamShown> Resume(
        string name,
        NoBody? body,
        Downstreams downstreams,
        OperationReads reads,
        HttpContext http
    )
    {
        var known =
            await reads.Downstream(name, http.RequestAborted)
            ?? throw ProblemException.NotFound("downstream_not_found", $"there is no downstream {name}");
        if (!await downstreams.Resume(name, Actor.Of(http).Name, http.RequestAborted))
            throw ProblemException.Refused(
                "not_stopped",
                $"{name} is {known.State}: it is not stopped",
                "nothing is to be done: payouts to it go on"
            );
        return (await reads.Downstream(name, http.RequestAborted))!;
    }

    private static void MapLedger(IEndpointRouteBuilder ledger)
    {
        ledger
            .MapGet(
                "/balance",
                (int? limit, string? after, OperationReads reads, CancellationToken cancel) =>
                    reads.Balances(limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ShowLedgerBalance");
        ledger
            .MapGet(
                "/entries",
                (
                    Guid? settlement,
                    string? account,
                    int? limit,
                    string? after,
                    OperationReads reads,
                    CancellationToken cancel
                ) => reads.Entries(settlement, account, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListLedgerEntries");
        ledger
            .MapGet(
                "/verify",
                (LedgerVerification verification, CancellationToken cancel) => verification.Verify(cancel)
            )
            .Needs(Role.Viewer)
            .WithName("VerifyLedger");
    }

    private static void MapParked(IEndpointRouteBuilder parked)
    {
        parked
            .MapGet(
                "",
                (string? status, int? limit, string? after, OperationReads reads, CancellationToken cancel) =>
                    reads.Parked(status, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListParked");
        parked.MapGet("/{id:long}", Show).Needs(Role.Viewer).WithName("ShowParked");
        parked
            .MapPost(
                "/{id:long}/replay",
                async (long id, NoBody? body, ParkedMessages messages, HttpContext http) =>
                {
                    _ = await Show(id, messages, http.RequestAborted);
                    return await messages.Replay(id, Actor.Of(http).Name, http.RequestAborted)
                        ? await Show(id, messages, http.RequestAborted)
                        : throw NotParked(id);
                }
            )
            .Needs(Role.Operator)
            .WithName("ReplayParked");
        parked
            .MapPost(
                "/{id:long}/discard",
                async (long id, ReasonBody? body, ParkedMessages messages, HttpContext http) =>
                {
                    _ = await Show(id, messages, http.RequestAborted);
                    var reason = PlainText.Needed(body?.Reason, "/reason");
                    return await messages.Discard(id, Actor.Of(http).Name, reason, http.RequestAborted)
                        ? await Show(id, messages, http.RequestAborted)
                        : throw NotParked(id);
                }
            )
            .Needs(Role.Operator)
            .WithName("DiscardParked");
    }

    private static async Task<ParkedShown> Show(long id, ParkedMessages messages, CancellationToken cancel)
    {
        var m =
            await messages.Show(id, cancel)
            ?? throw ProblemException.NotFound("parked_not_found", $"there is no parked message {id}");
        return new ParkedShown(
            m.Id,
            m.Source.Topic,
            m.Source.Partition,
            m.Offset,
            m.Code,
            m.Pointer,
            m.Message,
            new DateTimeOffset(m.FirstSeen, TimeSpan.Zero),
            m.Seen,
            m.Status,
            m.Who,
            m.Reason,
            m.Key is null ? null : Convert.ToBase64String(m.Key),
            m.Headers.Text,
            AsText(m.Body),
            m.Body is null ? null : Convert.ToBase64String(m.Body)
        );
    }

    private static string? AsText(byte[]? body)
    {
        try
        {
            return body is null ? null : Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            // It is not UTF-8; the bytes stand beside it.
            return null;
        }
    }

    private static ProblemException NotParked(long id) =>
        ProblemException.Refused(
            "not_parked",
            $"message {id} was replayed or discarded already",
            $"see settle parked show {id}"
        );
}
