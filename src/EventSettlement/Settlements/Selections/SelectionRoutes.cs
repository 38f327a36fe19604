using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Settlements.Selections;

/// <summary>Which settlements; at least one of the fields is given.</summary>
public sealed record SelectBody(
    string? State = null,
    string? Programme = null,
    long? Run = null,
    string? Subject = null
);

/// <summary>Many settlements at once, as they were when a person looked at them.</summary>
internal static class SelectionRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/selections").WithTags("selections");
        group
            .MapPost("", Select)
            .Needs(Role.Operator)
            .WithName("Select")
            .WithSummary("Freeze a selection of settlements, with their number and what is unpaid")
            .Produces<SelectionShown>(201)
            .Produces<Problem>(422, "application/problem+json");
        group
            .MapGet(
                "/{id:guid}",
                (Guid id, SelectedSettlements selected, CancellationToken cancel) => selected.Show(id, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ShowSelection")
            .WithSummary("A selection, and what became of acting on it");
        group
            .MapPost("/{id:guid}/retry", Retry)
            .Needs(Role.Operator)
            .WithName("RetrySelection")
            .WithSummary("Retry all of a selection, or none when one of them has moved on")
            .Produces<SelectionShown>(202)
            .Produces<Problem>(409, "application/problem+json");
    }

    private static async Task<IResult> Select(SelectBody body, SelectedSettlements selected, HttpContext http)
    {
        var filter = new SettlementFilter(
            PlainText.Optional(body.State, "/state"),
            PlainText.Optional(body.Programme, "/programme"),
            body.Run,
            PlainText.Optional(body.Subject, "/subject")
        );
        if (filter is { State: null, Programme: null, Run: null, Subject: null })
            throw ProblemException.Invalid("/state", "or programme, run or subject is given");
        var shown = await selected.Freeze(filter, Actor.Of(http).Name, http.RequestAborted);
        http.Response.Headers.Location = $"/v1/selections/{shown.SelectionId}";
        return Results.Json(shown, ApiJson.Options, statusCode: 201);
    }

    private static async Task<IResult> Retry(Guid id, RetryBody? body, SelectedSettlements selected, HttpContext http)
    {
        var shown = await selected.Retry(
            id,
            body?.IncludeRejected ?? false,
            Actor.Of(http).Name,
            ChangingRequests.KeyOf(http),
            http.RequestAborted
        );
        http.Response.Headers.Location = $"/v1/selections/{id}";
        return Results.Json(shown, ApiJson.Options, statusCode: 202);
    }
}
