using System.Net.Mime;
using EventSettlement.Platform;
using Microsoft.Net.Http.Headers;

namespace EventSettlement.Api;

/// <summary>Requests in the forms that callers and what stands between may give them.</summary>
internal static class ReadableRequests
{
    private static readonly string[] Codings = ["gzip", "br", "deflate", "identity"];

    public static Task Prepare(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        // As GET, and the server leaves the body out: balancers ask like that.
        if (HttpMethods.IsHead(request.Method))
            request.Method = HttpMethods.Get;
        // One at most: what is packed twice is unpacked by nobody.
        var coding = request.Headers.ContentEncoding.ToString().Trim();
        if (coding.Length > 0 && !Codings.Contains(coding, StringComparer.OrdinalIgnoreCase))
            throw new ProblemException(
                415,
                "unsupported_content_encoding",
                $"a body in {coding} is not read here",
                "send it in gzip, br or deflate, or as it is"
            );
        if (request.Headers.ContentEncoding == "identity")
            request.Headers.Remove(HeaderNames.ContentEncoding);
        // JSON is UTF-8; RFC 8259 gives a charset no meaning, and the framework would go by it.
        if (
            request.GetTypedHeaders().ContentType is { Charset.HasValue: true } type
            && type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
        )
            request.ContentType = MediaTypeNames.Application.Json;
        return next(http);
    }
}
