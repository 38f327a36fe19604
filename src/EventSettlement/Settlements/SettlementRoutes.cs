using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Settlements;

public sealed record RetryBody(bool IncludeRejected = false);

/// <summary>Settlements and what operators ask of them.</summary>
internal static class SettlementRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/settlements").WithTags("settlements");
        MapReads(group);
        group
            .MapPost(
                "/{id:guid}/retry",
                (Guid id, RetryBody? body, AskSettlement ask, HttpContext http) =>
                    Answer(
                        ask,
                        Command(id, SettlementVerb.Retry, http) with
                        {
                            IncludeRejected = body?.IncludeRejected ?? false,
                        },
                        http
                    )
            )
            .IsAsked("RetrySettlement", "Pay the unpaid items again, with three new retries");
        group
            .MapPost(
                "/{id:guid}/cancel",
                (Guid id, ReasonBody? body, AskSettlement ask, HttpContext http) =>
                    Answer(
                        ask,
                        Command(id, SettlementVerb.Cancel, http) with
                        {
                            Reason = PlainText.Needed(body?.Reason, "/reason"),
                        },
                        http
                    )
            )
            .IsAsked("CancelSettlement", "Pay nothing and reverse what was posted");
        group
            .MapPost(
                "/{id:guid}/hold",
                (Guid id, ReasonBody? body, AskSettlement ask, HttpContext http) =>
                    Answer(
                        ask,
                        Command(id, SettlementVerb.Hold, http) with
                        {
                            Reason = PlainText.Optional(body?.Reason, "/reason"),
                        },
                        http
                    )
            )
            .IsAsked("HoldSettlement", "Start no further attempt until it is released");
        group
            .MapPost(
                "/{id:guid}/release",
                (Guid id, NoBody? body, AskSettlement ask, HttpContext http) =>
                    Answer(ask, Command(id, SettlementVerb.Release, http), http)
            )
            .IsAsked("ReleaseSettlement", "End a hold");
        v1.MapGet(
                "/commands/{id:guid}",
                async (Guid id, AskSettlement ask, CancellationToken cancel) =>
                    await ask.Find(id, cancel)
                    ?? throw ProblemException.NotFound("command_not_found", $"there is no command {id}")
            )
            .Needs(Role.Viewer)
            .WithName("ShowCommand")
            .WithSummary("What became of a retry, cancel, hold or release")
            .WithTags("settlements");
    }

    private static void MapReads(RouteGroupBuilder group)
    {
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
            .WithName("ListSettlements")
            .WithSummary("Settlements in the order of their creation");
        group
            .MapGet("/{id:guid}", (Guid id, SettlementReads reads, CancellationToken cancel) => reads.Show(id, cancel))
            .Needs(Role.Viewer)
            .WithName("ShowSettlement")
            .WithSummary("One settlement");
        group
            .MapGet(
                "/{id:guid}/history",
                async (Guid id, int? limit, string? after, SettlementReads reads, CancellationToken cancel) =>
                {
                    _ = await reads.Show(id, cancel);
                    return await reads.History(id, limit, after, cancel);
                }
            )
            .Needs(Role.Viewer)
            .WithName("ShowSettlementHistory")
            .WithSummary("Every change of one settlement, with cause and actor");
    }

    private static SettlementCommand Command(Guid settlement, SettlementVerb verb, HttpContext http)
    {
        var actor = Actor.Of(http).Name;
        return new SettlementCommand(
            AskSettlement.IdOf(actor, ChangingRequests.KeyOf(http), settlement, verb),
            settlement,
            verb,
            actor
        );
    }

    private static async Task<IResult> Answer(AskSettlement ask, SettlementCommand command, HttpContext http)
    {
        var answered = await ask.Ask(command, http.RequestAborted);
        if (answered.Outcome == "REFUSED")
            throw new ProblemException(
                409,
                "refused_by_state",
                answered.Reason ?? answered.Code ?? "refused",
                "see the settlement and its history",
                errors: new FieldError("/state", answered.Code ?? "refused", Code: answered.Code)
            );
        if (answered.Outcome is not null)
            return Results.Json(answered, ApiJson.Options);
        http.Response.Headers.Location = $"/v1/commands/{answered.CommandId}";
        return Results.Json(answered, ApiJson.Options, statusCode: 202);
    }

    private static void IsAsked(this RouteHandlerBuilder endpoint, string name, string summary) =>
        endpoint
            .Needs(Role.Operator)
            .WithName(name)
            .WithSummary(summary)
            .Produces<CommandAnswered>(200)
            .Produces<CommandAnswered>(202)
            .Produces<Problem>(404, "application/problem+json")
            .Produces<Problem>(409, "application/problem+json");
}
