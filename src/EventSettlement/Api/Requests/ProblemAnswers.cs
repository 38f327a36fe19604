using System.Text.Json;
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
            if (http.Response is { HasStarted: false, StatusCode: 405, ContentLength: null })
                throw new ProblemException(405, "method_not_allowed", $"{http.Request.Method} is not possible here");
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

    public static ProblemException Explain(Exception error) => error switch
    {
        ProblemException known => known,
        BadHttpRequestException { StatusCode: 413 } =>
            new(413, "too_large", "the body is too large", "send it in several requests"),
        BadHttpRequestException { InnerException: JsonException json } => new(400, "malformed",
            "the body is not the JSON that is asked for", "compare it with /openapi/v1.json",
            errors: new FieldError(Pointer(json.Path), "has the wrong form")),
        BadHttpRequestException bad =>
            new(bad.StatusCode, "malformed", bad.Message, "compare the request with /openapi/v1.json"),
        NpgsqlException { IsTransient: true } or NpgsqlException { SqlState: null } or TimeoutException =>
            new(503, "database_unavailable", "the database does not answer", "try again with the same key",
                retryable: true),
        _ => new(500, "internal_error", "something failed inside", "look for the trace id in the log", retryable: true),
    };

    public static async Task Write(HttpContext http, ProblemException problem)
    {
        http.Response.Clear();
        http.Response.StatusCode = problem.Status;
        if (problem.Status == 401)
            http.Response.Headers.WWWAuthenticate = "Bearer";
        await http.Response.WriteAsJsonAsync(problem.Document(), ApiJson.Options, "application/problem+json",
            http.RequestAborted);
    }

    private static string Pointer(string? jsonPath) =>
        jsonPath is null or "$" ? "" : jsonPath.Replace("$", "", StringComparison.Ordinal).Replace('.', '/')
            .Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, string method, string path, Exception error);
}
