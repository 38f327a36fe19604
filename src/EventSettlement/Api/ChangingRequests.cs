using System.Security.Cryptography;
using System.Text;
using EventSettlement.Access;
using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>
/// Every POST and PUT under /v1 names itself by Idempotency-Key: the first one is carried out and its answer kept, a
/// repeat gets that answer, and of two at once the second waits for the first. Each one carried out leaves an audit
/// row. What was begun is carried out to its end, whether or not the caller still listens.
/// </summary>
internal sealed class ChangingRequests(RequestDelegate next, IdempotencyStore store)
{
    public const int MaxBody = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Shorter than the time after which a request counts as left by a dead process.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>The name that a request has given itself; empty where it has none.</summary>
    public static string KeyOf(HttpContext http) => http.Request.Headers["Idempotency-Key"].ToString();

    public async Task InvokeAsync(HttpContext http)
    {
        if (
            !(HttpMethods.IsPost(http.Request.Method) || HttpMethods.IsPut(http.Request.Method))
            || !http.Request.Path.StartsWithSegments("/v1")
            || http.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.Metadata.GetMetadata<ChangesNothing>() is not null
        )
        {
            await next(http);
            return;
        }

        var key = KeyOf(http);
        if (key.Length is 0 or > 255 || key.Any(char.IsControl))
            throw new ProblemException(
                400,
                "idempotency_key_needed",
                "the header Idempotency-Key names this request",
                "send 1 to 255 characters, a new one for each new intention",
                errors: new FieldError("/Idempotency-Key", "1 to 255 characters")
            );
        var body = await ReadBody(http);
        var digest = Digest(http.Request, body);
        var actor = Actor.Of(http);
        var given = TimeProvider.System.GetTimestamp();
        while (!await store.Begin(actor.Name, key, digest, http.RequestAborted))
        {
            var stored = await store.Find(actor.Name, key, http.RequestAborted);
            if (stored is not null && !stored.Request.AsSpan().SequenceEqual(digest))
                throw new ProblemException(
                    409,
                    "idempotency_key_reused",
                    "this key belongs to another request",
                    "send a new Idempotency-Key"
                );
            if (stored?.Status is not null)
            {
                await Replay(http, stored);
                return;
            }

            if (TimeProvider.System.GetElapsedTime(given) > Patience)
                throw new ProblemException(
                    409,
                    "idempotency_in_progress",
                    "the first request with this key is still at work",
                    "ask again with the same key",
                    retryable: true
                );
            await Task.Delay(25, http.RequestAborted);
        }

        await CarryOut(http, key, Audited(http, actor.Name, key, digest));
    }

    private async Task CarryOut(HttpContext http, string key, AuditEntry audit)
    {
        var (answer, gone) = (http.Response.Body, http.RequestAborted);
        using var limit = new CancellationTokenSource(Longest);
        http.RequestAborted = limit.Token;
        http.Features.Set(audit);
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        try
        {
            await next(http);
            if (buffer.Length == 0 && ProblemAnswers.OfEmpty(http) is { } untold)
                await ProblemAnswers.Write(http, untold);
        }
        catch (Exception error) when (ProblemAnswers.Explain(error) is { Status: < 500 } problem)
        {
            await ProblemAnswers.Write(http, problem);
        }
        catch
        {
            // Nothing is known about the effect; the same key may try again, and commands are named by their key.
            http.Response.Body = answer;
            await store.Forget(key, audit, CancellationToken.None);
            throw;
        }
        finally
        {
            http.RequestAborted = gone;
        }

        http.Response.Body = answer;
        if (http.Response.StatusCode >= 500)
            await store.Forget(key, audit, CancellationToken.None);
        else if (http.Response.StatusCode is >= 400 and not StatusCodes.Status409Conflict)
            await store.Free(key, http.Response.StatusCode, audit, CancellationToken.None);
        else
        {
            var text = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
            var kept = new StoredAnswer(
                [],
                http.Response.StatusCode,
                http.Response.ContentType,
                text,
                http.Response.Headers.Location
            );
            await store.Finish(key, kept, audit, CancellationToken.None);
        }

        await answer.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), http.RequestAborted);
    }

    private static AuditEntry Audited(HttpContext http, string actor, string key, byte[] digest) =>
        new(
            actor,
            ((http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "") is { Length: > 0 } pattern
                ? $"{http.Request.Method} {pattern}"
                : http.Request.Method,
            http.Request.Path.ToString(),
            SHA256.HashData([.. Encoding.UTF8.GetBytes(key + "\n"), .. digest])
        );

    private static async Task Replay(HttpContext http, StoredAnswer stored)
    {
        http.Response.StatusCode = stored.Status!.Value;
        http.Response.Headers["Idempotent-Replayed"] = "true";
        http.Response.ContentType = stored.ContentType;
        http.Response.Headers.Location = stored.Location;
        await http.Response.WriteAsync(stored.Response ?? "", http.RequestAborted);
    }

    private static async Task<byte[]> ReadBody(HttpContext http)
    {
        var body = new MemoryStream();
        var chunk = new byte[32 * 1024];
        while (await http.Request.Body.ReadAsync(chunk, http.RequestAborted) is > 0 and var count)
        {
            if (body.Length + count > MaxBody)
                throw new ProblemException(
                    413,
                    "too_large",
                    $"at most {MaxBody} bytes a request",
                    "send it in several requests"
                );
            body.Write(chunk, 0, count);
        }

        body.Position = 0;
        http.Request.Body = body;
        return body.ToArray();
    }

    private static byte[] Digest(HttpRequest request, byte[] body) =>
        SHA256.HashData([
            .. Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"),
            .. body,
        ]);
}
