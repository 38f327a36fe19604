using System.Globalization;
using System.Text.Json;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;
using EventSettlement.Policies;
using EventSettlement.Programmes;

namespace EventSettlement.Runs;

/// <param name="Date">The business date in Asia/Seoul.</param>
/// <param name="Subject">Of one subject only.</param>
/// <param name="Policy">A draft: what would be owed if it were put, and what that changes for each subject.</param>
public sealed record PreviewBody(string? Programme, string? Date, string? Subject = null, JsonElement? Policy = null);

/// <summary>Who would get what, who is left out and why.</summary>
/// <param name="Rows">Settlements that would be made, then those left out, with a reason.</param>
public sealed record PreviewShown(
    string Programme,
    DateOnly Date,
    IReadOnlyList<PreviewRow> Rows,
    IReadOnlyList<PreviewTotal> Totals,
    long LeftOut
);

/// <summary>Of the settlements that would be made, in one currency.</summary>
public sealed record PreviewTotal(string Currency, long Settlements, long Items, decimal Amount);

/// <summary>Runs that are not made: previews, and recounts of what was settled.</summary>
internal static class RunProofRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/runs").WithTags("runs");
        group
            .MapPost("/preview", Preview)
            .Needs(Role.Viewer)
            .ChangesNothing()
            .WithName("PreviewRun")
            .WithSummary("Who would get what for a business date, and who is left out and why; nothing is written")
            .Produces<PreviewShown>()
            .Produces<Problem>(422, "application/problem+json");
        group
            .MapGet("/verify", Verify)
            .Needs(Role.Viewer)
            .WithName("VerifyPeriod")
            .WithSummary("Recount a settled period from its facts and name each difference")
            .Produces<Problem>(422, "application/problem+json");
    }

    private static async Task Preview(
        PreviewBody body,
        RunPreview preview,
        RunCommands commands,
        IEnumerable<IPolicyRules> policies,
        HttpContext http
    )
    {
        var programme = Known(body.Programme, commands);
        var question = new OwedQuestion(
            Date(body.Date),
            PlainText.Optional(body.Subject, "/subject"),
            Draft: Draft(programme, body.Policy, policies)
        );
        http.Response.ContentType = "application/json; charset=utf-8";
        await Write(http.Response, programme, question, preview, http.RequestAborted);
    }

    private static string? Draft(string programme, JsonElement? policy, IEnumerable<IPolicyRules> policies)
    {
        if (policy is not { ValueKind: not JsonValueKind.Null } draft)
            return null;
        var rules =
            policies.FirstOrDefault(rules => rules.Programme == programme)
            ?? throw ProblemException.Invalid("/policy", $"is left out: {programme} has no policies");
        var json = draft.GetRawText();
        var mistakes = rules.Check(json, out _);
        return mistakes.Count == 0
            ? json
            : throw new ProblemException(
                422,
                "invalid_policy",
                $"the draft has {mistakes.Count} {(mistakes.Count == 1 ? "mistake" : "mistakes")}",
                "correct the fields in errors",
                errors: [.. mistakes.Select(m => new FieldError("/policy" + m.Pointer, m.Rule))]
            );
    }

    /// <summary>Written as it is read, whatever its size.</summary>
    private static async Task Write(
        HttpResponse response,
        string programme,
        OwedQuestion question,
        RunPreview preview,
        CancellationToken cancel
    )
    {
        const int enough = 64 * 1024;
        var totals = new SortedDictionary<string, PreviewTotal>(StringComparer.Ordinal);
        long leftOut = 0;
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("programme", programme);
        json.WriteString("date", question.Date.ToString("O", CultureInfo.InvariantCulture));
        json.WriteStartArray("rows");
        await foreach (var row in preview.Read(programme, question, cancel))
        {
            JsonSerializer.Serialize(json, row, ApiJson.Options);
            if (row.Reason is not null)
                leftOut++;
            else if (row.Change != "gone")
                Add(totals, row);
            if (json.BytesPending > enough)
                await json.FlushAsync(cancel);
        }

        json.WriteEndArray();
        json.WritePropertyName("totals");
        JsonSerializer.Serialize(json, totals.Values, ApiJson.Options);
        json.WriteNumber("leftOut", leftOut);
        json.WriteEndObject();
        await json.FlushAsync(cancel);
    }

    private static void Add(SortedDictionary<string, PreviewTotal> totals, PreviewRow row)
    {
        var sum = totals.GetValueOrDefault(row.Currency!) ?? new PreviewTotal(row.Currency!, 0, 0, 0);
        totals[sum.Currency] = sum with
        {
            Settlements = sum.Settlements + 1,
            Items = sum.Items + row.Items,
            Amount = sum.Amount + row.Amount,
        };
    }

    private static Task<RunProof> Verify(
        string? programme,
        string? period,
        RunVerification verification,
        RunCommands commands,
        CancellationToken cancel
    ) =>
        period is { Length: > 0 }
            ? verification.Verify(Known(programme, commands), period, cancel)
            : throw ProblemException.Invalid("/period", "is a period of the programme");

    private static string Known(string? programme, RunCommands commands) =>
        programme is not { Length: > 0 } ? throw ProblemException.Invalid("/programme", "is the name of a programme")
        : commands.Unknown(programme) is { } unknown ? throw ProblemException.Invalid("/programme", unknown.Reason!)
        : programme;

    private static DateOnly Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw ProblemException.Invalid("/date", "is a date such as 2026-11-21");
}
