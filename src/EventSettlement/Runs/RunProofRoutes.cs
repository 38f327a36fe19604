using System.Globalization;
using System.Text.Json;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;
using EventSettlement.Programmes;

namespace EventSettlement.Runs;

/// <param name="Date">The business date in Asia/Seoul.</param>
/// <param name="Subject">Of one subject only.</param>
public sealed record PreviewBody(string? Programme, string? Date, string? Subject = null);

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

    private static async Task Preview(PreviewBody body, RunPreview preview, RunCommands commands, HttpContext http)
    {
        var programme = Known(body.Programme, commands);
        var question = new OwedQuestion(Date(body.Date), PlainText.Optional(body.Subject, "/subject"));
        http.Response.ContentType = "application/json; charset=utf-8";
        await Write(http.Response, programme, question, preview, http.RequestAborted);
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
            else
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
