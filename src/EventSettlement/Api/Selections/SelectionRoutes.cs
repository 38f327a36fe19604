using EventSettlement.Access;

namespace EventSettlement.Api;

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
            .Produces<SelectionShown>(201)
            .Produces<Problem>(422, "application/problem+json");
        group
            .MapGet(
                "/{id:guid}",
                async (Guid id, SelectionDesk desk, CancellationToken cancel) =>
                    await desk.Find(id, cancel) ?? throw SelectionDesk.NotFound(id)
            )
            .Needs(Role.Viewer)
            .WithName("ShowSelection");
        group
            .MapPost(
                "/{id:guid}/retry",
                async (Guid id, RetryBody? body, SelectionDesk desk, HttpContext http) =>
                {
                    var shown = await desk.Retry(id, body?.IncludeRejected ?? false, http);
                    http.Response.Headers.Location = $"/v1/selections/{id}";
                    return Results.Json(shown, ApiJson.Options, statusCode: 202);
                }
            )
            .Needs(Role.Operator)
            .WithName("RetrySelection")
            .Produces<SelectionShown>(202)
            .Produces<Problem>(409, "application/problem+json");
    }

    private static async Task<IResult> Select(SelectBody body, SelectionDesk desk, HttpContext http)
    {
        var filter = new SettlementFilter(
            PlainText.Optional(body.State, "/state"),
            PlainText.Optional(body.Programme, "/programme"),
            body.Run,
            PlainText.Optional(body.Subject, "/subject")
        );
        if (filter is { State: null, Programme: null, Run: null, Subject: null })
            throw ProblemException.Invalid("/state", "or programme, run or subject is given");
        var shown = await desk.Freeze(filter, http);
        http.Response.Headers.Location = $"/v1/selections/{shown.SelectionId}";
        return Results.Json(shown, ApiJson.Options, statusCode: 201);
    }
}
