using System.Text.Json;
using System.Text.RegularExpressions;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Api;

/// <summary>Whatever goes wrong behind it leaves as application/problem+json, without inner details.</summary>
internal sealed partial class ProblemAnswers(RequestDelegate next, ILogger<ProblemAnswers> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
            if (OfEmpty(http) is { } untold)
                await Write(http, untold);
        }
        catch (Exception error) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            var problem = Explain(error);
            if (problem.Status >= 500)
                Failed(log, http.Request.Method, http.Request.Path, error);
            await Write(http, problem);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is left to answer.
            http.Response.StatusCode = 499;
        }
    }

    /// <summary>An error that the framework left without a body, such as a wrong method or media type.</summary>
    public static ProblemException? OfEmpty(HttpContext http) =>
        http.Response is { HasStarted: false, StatusCode: >= 400 and var status, ContentType: null }
            ? OfStatus(status, http.Request)
            : null;

    public static ProblemException OfStatus(int status, HttpRequest request) =>
        status switch
        {
            404 => ProblemException.NotFound("path_not_found", $"there is nothing at {request.Path}"),
            405 => new(
                405,
                "method_not_allowed",
                $"{request.Method} is not possible at {request.Path}",
                "see the methods in the header Allow"
            ),
            415 => new(
                415,
                "unsupported_media_type",
                "the body is of a type that is not read here",
                "send it with Content-Type: application/json"
            ),
            _ => new(status, "http_" + status, $"the request was answered {status}", "see /openapi/v1.json"),
        };

    public static ProblemException Explain(Exception error) =>
        error switch
        {
            ProblemException known => known,
            BadHttpRequestException { StatusCode: 413 } => new(
                413,
                "too_large",
                "the body is too large",
                "send it in several requests"
            ),
            BadHttpRequestException { InnerException: JsonException json } => new(
                400,
                "malformed",
                "the body is not the JSON that is asked for",
                "compare it with /openapi/v1.json",
                errors: new FieldError(Pointer(json.Path), "has the wrong form")
            ),
            BadHttpRequestException { StatusCode: 415 } => new(
                415,
                "unsupported_media_type",
                "the body is of a type that is not read here",
                "send it with Content-Type: application/json"
            ),
            BadHttpRequestException bad => Unbound(bad),
            // Decompressing it says so.
            InvalidDataException => new(
                400,
                "malformed",
                "the body is not in the coding that Content-Encoding names",
                "send it as it is said to be"
            ),
            PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } => new(
                400,
                "invalid_request",
                "a text has characters that cannot be kept",
                "leave out control characters"
            ),
            _ when DatabaseTrouble.Is(error) => new(
                503,
                "database_unavailable",
                error is PostgresException refused
                    ? $"the database cannot do it now: {refused.MessageText}"
                    : "the database does not answer",
                "try again with the same key",
                retryable: true
            ),
            _ => new(
                500,
                "internal_error",
                "something failed inside",
                "look for the trace id in the log",
                retryable: true
            ),
        };

    public static async Task Write(HttpContext http, ProblemException problem)
    {
        var allowed = http.Response.Headers.Allow;
        http.Response.Clear();
        http.Response.StatusCode = problem.Status;
        if (problem.Status == 405)
            http.Response.Headers.Allow = allowed;
        if (problem.Status == 401)
            http.Response.Headers.WWWAuthenticate = "Bearer";
        await http.Response.WriteAsJsonAsync(
            problem.Document(),
            ApiJson.Options,
            "application/problem+json",
            http.RequestAborted
        );
    }

    private static string Pointer(string? jsonPath) =>
        jsonPath is null or "$"
            ? ""
            : jsonPath
                .Replace("$", "", StringComparison.Ordinal)
                .Replace('.', '/')
                .Replace("[", "/", StringComparison.Ordinal)
                .Replace("]", "", StringComparison.Ordinal)
                .Replace("'", "", StringComparison.Ordinal);

    /// <summary>The framework tells which parameter it could not read in its message only.</summary>
    private static ProblemException Unbound(BadHttpRequestException bad)
    {
        const string next = "compare the request with /openapi/v1.json";
        return ParameterName().Match(bad.Message) is { Success: true } found
            ? new ProblemException(
                bad.StatusCode,
                "malformed",
                $"{found.Groups[1].Value} has the wrong form",
                next,
                errors: new FieldError("/" + found.Groups[1].Value, "has the wrong form")
            )
            : new ProblemException(bad.StatusCode, "malformed", bad.Message, next);
    }

    [GeneratedRegex("""parameter "\S+ (\w+)" """)]
    private static partial Regex ParameterName();

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, string method, string path, Exception error);
}
