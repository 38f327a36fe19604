using EventSettlement.Api;
using EventSettlement.Platform;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace EventSettlement.Facts;

/// <summary>How many were taken: all that were sent.</summary>
public sealed record FactsTaken(string Topic, int Accepted);

/// <summary><c>POST /v1/events/{topic}</c>.</summary>
internal static class FactEndpoint
{
    public static async Task<IResult> Post(
        string topic,
        [FromQuery] string? key,
        HttpRequest request,
        FactIntake intake,
        CancellationToken cancel
    )
    {
        if (intake.Find(topic) is not { } facts)
            return Problem(
                404,
                "unknown_topic",
                $"the topic {topic} takes no facts",
                "post to " + string.Join(" or ", intake.Topics)
            );
        if (key is { Length: > 0 } && key[0] != '/')
            return Problem(
                422,
                "bad_key",
                "key is a JSON pointer such as /orderId",
                "correct the query parameter key",
                [new FieldError("/key", "is a JSON pointer such as /orderId")]
            );
        var body = await Read(request, cancel);
        var lines = new List<(int Line, byte[] Json)>();
        if (body is null || !FactLines.TrySplit(body, IsLines(request), out lines))
            return Problem(
                413,
                "too_large",
                $"at most {FactLines.MaxLines} lines and {FactLines.MaxBytes} bytes a request",
                "send it in several requests"
            );
        if (lines.Count == 0)
            return Problem(422, "empty_body", "a body is one JSON object, or one a line", "send at least one fact");
        var answer = await intake.Append(facts, lines, string.IsNullOrEmpty(key) ? null : key, cancel);
        return answer.Problems.Count == 0
            ? Results.Json(new FactsTaken(topic, answer.Accepted), statusCode: 202)
            : Problem(
                422,
                "invalid_facts",
                "nothing was taken",
                "correct the lines named in errors and send all again",
                [.. answer.Problems.Select(p => new FieldError(p.Pointer, p.Rule, p.Line, p.Code))]
            );
    }

    private static bool IsLines(HttpRequest request) =>
        request.ContentType?.Contains("ndjson", StringComparison.OrdinalIgnoreCase) == true
        || request.ContentType?.Contains("jsonl", StringComparison.OrdinalIgnoreCase) == true;

    private static async Task<byte[]?> Read(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > FactLines.MaxBytes)
            return null;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = FactLines.MaxBytes + 1;
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await request.Body.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            if (body.Length + count > FactLines.MaxBytes)
                return null;
            body.Write(buffer, 0, count);
        }

        return body.ToArray();
    }

    private static IResult Problem(int status, string code, string detail, string next, params FieldError[] errors) =>
        new ProblemException(status, code, detail, next, errors: errors).Answer();
}
