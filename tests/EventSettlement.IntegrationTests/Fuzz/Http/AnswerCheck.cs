using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EventSettlement.IntegrationTests.Fuzz.Http;

/// <summary>An answer against what the description promises.</summary>
internal static partial class AnswerCheck
{
    /// <returns>What is wrong, or null.</returns>
    public static string? Of(HttpCase asked, int status, string? type, string body)
    {
        if (status >= 500)
            return "a failure inside";
        if (asked.Spoilt is not null && status < 400)
            return $"taken in spite of {asked.Spoilt}";
        if (asked is { Spoilt: HttpCase.NoKey, IsNoHttp: false } && status != 401)
            return "somebody without a key is told more than that";
        if (asked is { Spoilt: HttpCase.LowRole, IsNoHttp: false } && status != 403 && !body.Contains("path_not_found"))
            return "somebody who only reads is told more than that";
        if (
            asked.Method == asked.Operation.Method
            && asked.Spoilt is null
            && status < 400
            && !asked.Operation.Successes.Contains(status)
        )
            return "a success that is not described";
        if (status < 400)
            return null;
        // Tests are few where a proxy or the web server would answer; elsewhere every refusal explains itself.
        if (body.Length == 0 && asked.IsNoHttp && status is 400 or 414 or 431)
            return null;
        return type == "application/problem+json" ? Problem(status, body) : $"a refusal as '{type}'";
    }

    private static string? Problem(int status, string body)
    {
        try
        {
            var problem = JsonNode.Parse(body)!.AsObject();
            if (
                (int?)problem["status"] != status
                || (string?)problem["code"] is not { Length: > 3 }
                || (string?)problem["detail"] is not { Length: > 3 }
                || (string?)problem["title"] is not { Length: > 3 }
            )
                return "a problem that does not say what is wrong";
            if (!Trace().IsMatch((string?)problem["traceId"] ?? ""))
                return "a problem without a trace";
            if (
                problem["errors"]
                    ?.AsArray()
                    .Any(e =>
                        (string?)e!["pointer"] is not ("" or ['/', ..]) || (string?)e["rule"] is not { Length: > 1 }
                    )
                is true
            )
                return "an error that names no field or rule";
            return Inside().IsMatch(body) ? "a problem that shows the inside" : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return "no problem document";
        }
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex Trace();

    [GeneratedRegex(@"   at |Exception\b|System\.|Npgsql|Microsoft\.|SELECT |INSERT ")]
    private static partial Regex Inside();
}
