using System.Globalization;
using System.Text;
using System.Text.Json;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Facts;
using EventSettlement.Platform;
using Microsoft.AspNetCore.Http.Features;

namespace EventSettlement.Policies;

/// <param name="Policy">The document, with the fields that the programme's policies have.</param>
/// <param name="Corrects">It may change settled periods: corrections are then lines of the next one.</param>
public sealed record PutPolicyBody(JsonElement Policy, bool Corrects = false);

/// <summary>A version, and what it was said to change when it was put.</summary>
/// <param name="EffectiveFrom">Its first day in Asia/Seoul.</param>
/// <param name="ChangesSettled">Of settled periods; a sentence a change.</param>
/// <param name="ChangesOpen">Of the period that was open then.</param>
public sealed record PolicyShown(
    string Programme,
    DateOnly EffectiveFrom,
    bool Corrects,
    string PutBy,
    DateTimeOffset PutAt,
    JsonElement Document,
    IReadOnlyList<string> ChangesSettled,
    IReadOnlyList<string> ChangesOpen
);

/// <summary>Policies: put, list, show.</summary>
internal static class PolicyRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/policies/{programme}").WithTags("policies");
        group
            .MapPost("", Put)
            .Needs(Role.Approver)
            .WithName("PutPolicy")
            .WithSummary("Put a version of a programme's policy; it is never edited")
            .Accepts<PutPolicyBody>("application/json")
            .Produces<PolicyShown>(201)
            .Produces<Problem>(404, "application/problem+json")
            .Produces<Problem>(409, "application/problem+json")
            .Produces<Problem>(422, "application/problem+json");
        group
            .MapGet("", List)
            .Needs(Role.Viewer)
            .WithName("ListPolicies")
            .WithSummary("Versions of a programme's policy, by effective date");
        group
            .MapGet("/{date}", Show)
            .Needs(Role.Viewer)
            .WithName("ShowPolicy")
            .WithSummary("One version with its document, and what it was said to change when it was put");
    }

    private static async Task<IResult> Put(
        string programme,
        IEnumerable<IPolicyRules> programmes,
        PolicyCommands commands,
        HttpContext http
    )
    {
        var rules = Known(programme, programmes);
        var (document, from, corrects) = await Read(http.Request, rules);
        var audit = http.Features.GetRequiredFeature<AuditEntry>();
        var put = await commands.Put(rules, from, document, corrects, audit, http.RequestAborted);
        http.Response.Headers.Location = $"/v1/policies/{rules.Programme}/{Written(from)}";
        return Results.Json(Shown(put), ApiJson.Options, statusCode: 201);
    }

    // By hand: a serializer would answer one mistake of many, and not keep the document as it was sent.
    private static async Task<(string Document, DateOnly From, bool Corrects)> Read(
        HttpRequest request,
        IPolicyRules rules
    )
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var fields = new Fields();
        var problems = FactBody.Read(body.ToArray(), fields, ReadField, "policy");
        if (problems.IsUnread)
            throw Unread(problems.Found[0]);
        var from = default(DateOnly);
        var mistakes = fields.Policy is { } document ? rules.Check(document, out from) : [];
        FieldError[] errors =
        [
            .. problems.Found.Select(problem => new FieldError(problem.Pointer, problem.Rule)),
            .. mistakes.Select(mistake => new FieldError("/policy" + mistake.Pointer, mistake.Rule)),
        ];
        return errors.Length == 0
            ? (fields.Policy!, from, fields.Corrects ?? false)
            : throw new ProblemException(
                422,
                "invalid_policy",
                $"nothing was put: {errors.Length} {(errors.Length == 1 ? "mistake" : "mistakes")}",
                "correct the fields in errors and put it again",
                errors: errors
            );
    }

    private static void ReadField(ref FactReader json, string name, Fields fields)
    {
        switch (name)
        {
            case "policy":
                fields.Policy = Encoding.UTF8.GetString(json.Written());
                break;
            case "corrects":
                fields.Corrects = json.Boolean("/corrects");
                break;
            default:
                json.Refuse("", name);
                break;
        }
    }

    private static async Task<Page<PolicyRow>> List(
        string programme,
        int? limit,
        string? after,
        IEnumerable<IPolicyRules> programmes,
        PolicyRows rows,
        CancellationToken cancel
    )
    {
        var (rules, most) = (Known(programme, programmes), Paging.Limit(limit));
        var found = await rows.List(rules.Programme, Place(after), most + 1, cancel);
        return Paging.Cut(found, most, row => Written(row.EffectiveFrom));
    }

    private static async Task<PolicyShown> Show(
        string programme,
        string date,
        IEnumerable<IPolicyRules> programmes,
        PolicyRows rows,
        CancellationToken cancel
    )
    {
        var rules = Known(programme, programmes);
        var from = Date(date) ?? throw ProblemException.Invalid("/date", "is a date such as 2026-11-01");
        return await rows.Find(rules.Programme, from, cancel) is { } put
            ? Shown(put)
            : throw ProblemException.NotFound(
                "policy_not_found",
                $"{rules.Programme} has no policy from {Written(from)} on"
            );
    }

    private static IPolicyRules Known(string programme, IEnumerable<IPolicyRules> programmes)
    {
        var names = programmes.Select(rules => rules.Programme).Order(StringComparer.Ordinal).ToList();
        return programmes.FirstOrDefault(rules => rules.Programme == programme)
            ?? throw new ProblemException(
                404,
                "unknown_programme",
                $"there is no programme {programme} with policies",
                names.Count == 0 ? "no programme here has any" : "those with policies are " + string.Join(", ", names)
            );
    }

    /// <summary>A place in the list, which may also be given as the date that is shown.</summary>
    private static DateOnly? Place(string? after) =>
        after is null ? null : Date(after) ?? Date(Paging.Decode(after)) ?? throw Paging.Unknown();

    private static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    private static string Written(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static PolicyShown Shown(PutVersion put) =>
        new(
            put.Version.Programme,
            put.Version.EffectiveFrom,
            put.Version.Corrects,
            put.Version.PutBy,
            new DateTimeOffset(put.Version.PutAt, TimeSpan.Zero),
            JsonElement.Parse(put.Version.Document),
            put.Told.Settled,
            put.Told.Open
        );

    private static ProblemException Unread(FactProblem problem) =>
        problem.Code == FactCodes.TooLarge
            ? new ProblemException(413, "too_large", problem.Rule, "a policy is some lines of JSON")
            : new ProblemException(400, "malformed", problem.Rule, "compare it with /openapi/v1.json");

    private sealed class Fields
    {
        public string? Policy { get; set; }

        public bool? Corrects { get; set; }
    }
}
