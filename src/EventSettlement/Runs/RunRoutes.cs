using System.ComponentModel.DataAnnotations;
using System.Globalization;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Facts;
using EventSettlement.Platform;
using EventSettlement.Programmes;

namespace EventSettlement.Runs;

/// <param name="Date">The business date in Asia/Seoul: what is due before it is planned.</param>
/// <param name="PayAt">With an offset, up to 2999-12-31; nothing is paid before.</param>
/// <param name="Future">A date later than today in Asia/Seoul is meant, and not a slip.</param>
public sealed record StartRunBody(
    string? Programme,
    string? Date,
    string? PayAt = null,
    string? Subject = null,
    bool Future = false
);

/// <summary>A run with its totals by state; PLANNED is all that were planned.</summary>
/// <param name="Held">Settlements that wait for an operator's release.</param>
/// <param name="WaitsFor">Why it is not finished yet, in words.</param>
public sealed record RunShown(
    long RunId,
    string Programme,
    DateOnly Date,
    string Kind,
    [property: AllowedValues(RunStates.Planning, RunStates.Paying, RunStates.Finished, RunStates.Stopped)] string State,
    DateTimeOffset? PayAt,
    string Actor,
    bool Planned,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PlannedAt,
    DateTimeOffset? FinishedAt,
    string? StopReason,
    long Retrying,
    DateTimeOffset? NextRetryAt,
    long Held,
    string? WaitsFor,
    IReadOnlyList<RunTotals> Totals
)
{
    public static RunShown From(RunView view)
    {
        var run = view.Run;
        return new RunShown(
            run.Id,
            run.Programme,
            run.Date,
            run.Kind,
            run.State,
            Utc(run.PayAt),
            run.Actor,
            run.Planned,
            Utc(run.CreatedAt)!.Value,
            Utc(run.PlannedAt),
            Utc(run.FinishedAt),
            run.StopReason,
            view.Retrying,
            Utc(view.NextRetryAt),
            view.Held,
            RunWaits.Describe(view),
            view.Totals
        );
    }

    private static DateTimeOffset? Utc(DateTime? time) => time is { } t ? new DateTimeOffset(t, TimeSpan.Zero) : null;
}

/// <summary>Runs: start, look, stop, resume.</summary>
internal static class RunRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/runs").WithTags("runs");
        group
            .MapPost("", Start)
            .Needs(Role.Operator)
            .WithName("StartRun")
            .WithSummary("Plan and pay what is due for a business date")
            .Produces<RunShown>(201)
            .Produces<Problem>(409, "application/problem+json");
        group.MapGet("", List).Needs(Role.Viewer).WithName("ListRuns").WithSummary("Runs, the newest first");
        group
            .MapGet("/{id:long}", Show)
            .Needs(Role.Viewer)
            .WithName("ShowRun")
            .WithSummary("One run with its totals, and what it waits for");
        group
            .MapPost("/{id:long}/stop", Stop)
            .Needs(Role.Operator)
            .WithName("StopRun")
            .WithSummary("End planning; what was requested goes on");
        group
            .MapPost("/{id:long}/resume", Resume)
            .Needs(Role.Operator)
            .WithName("ResumeRun")
            .WithSummary("Go on with a stopped run");
    }

    private static async Task<IResult> Start(
        StartRunBody body,
        RunCommands commands,
        RunQueries queries,
        HttpContext http
    )
    {
        if (body.Programme is not { Length: > 0 } programme)
            throw ProblemException.Invalid("/programme", "is the name of a programme");
        if (
            !DateOnly.TryParseExact(
                body.Date,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var date
            )
        )
            throw ProblemException.Invalid("/date", "is a date such as 2026-11-21");
        var question = new OwedQuestion(date, PlainText.Optional(body.Subject, "/subject"));
        var (payAt, actor) = (PayAt(body.PayAt), Actor.Of(http).Name);
        var answer = await commands.Start(
            programme,
            question,
            payAt,
            actor,
            http.RequestAborted,
            http.Features.Get<AuditEntry>()?.Request,
            body.Future
        );
        if (answer.Code is "unknown_programme")
            throw ProblemException.Invalid("/programme", answer.Reason!);
        if (answer.Code is "date_out_of_range")
            throw ProblemException.Invalid("/date", answer.Reason!);
        if (answer.Code is "date_in_future")
            throw new ProblemException(
                422,
                answer.Code,
                answer.Reason!,
                "correct the date; where it is meant: settle run start --yes, in a request \"future\": true",
                errors: new FieldError("/date", answer.Reason!, Code: answer.Code)
            );
        if (answer.Code is "pay_at_out_of_range")
            throw ProblemException.Invalid("/payAt", answer.Reason!);
        var run = Check(answer);
        http.Response.Headers.Location = $"/v1/runs/{run}";
        return Results.Json(await Show(run, queries, http.RequestAborted), ApiJson.Options, statusCode: 201);
    }

    // A time without an offset would be another moment on each machine.
    private static DateTime? PayAt(string? text)
    {
        if (text is null)
            return null;
        return FactTimes.TryRead(text, out var at)
            ? at
            : throw ProblemException.Invalid("/payAt", "is a time with an offset such as 2026-11-21T10:00:00+09:00");
    }

    private static async Task<RunShown> Stop(
        long id,
        ReasonBody? body,
        RunCommands commands,
        RunQueries queries,
        HttpContext http
    )
    {
        var reason = PlainText.Optional(body?.Reason, "/reason");
        Check(await commands.Stop(id, Actor.Of(http).Name, reason, http.RequestAborted));
        return await Show(id, queries, http.RequestAborted);
    }

    private static async Task<RunShown> Resume(
        long id,
        NoBody? body,
        RunCommands commands,
        RunQueries queries,
        HttpContext http
    )
    {
        Check(await commands.Resume(id, http.RequestAborted));
        return await Show(id, queries, http.RequestAborted);
    }

    private static async Task<Page<RunShown>> List(
        int? limit,
        string? after,
        RunQueries queries,
        CancellationToken cancel
    )
    {
        var most = Paging.Limit(limit);
        var runs = await queries.List(most + 1, Paging.Number(after, long.MaxValue), cancel);
        return Paging.Cut(
            runs.Select(RunShown.From).ToList(),
            most,
            r => r.RunId.ToString(CultureInfo.InvariantCulture)
        );
    }

    private static async Task<RunShown> Show(long id, RunQueries queries, CancellationToken cancel) =>
        RunShown.From(await queries.Show(id, cancel) ?? throw NotFound(id));

    private static long Check(RunAnswer answer) =>
        answer.Code switch
        {
            null => answer.Run!.Value,
            "not_found" => throw ProblemException.NotFound("run_not_found", answer.Reason!),
            "run_unfinished" when answer.Earlier is { } run => throw ProblemException.Refused(
                answer.Code,
                answer.Reason!,
                $"settle run watch {run} shows how far it is; settle run stop {run} lets another one start"
            ),
            _ => throw ProblemException.Refused(answer.Code, answer.Reason!, "see settle run show"),
        };

    private static ProblemException NotFound(long id) =>
        ProblemException.NotFound("run_not_found", $"there is no run {id}");
}
