using EventSettlement.Platform;

namespace EventSettlement.Access;

/// <summary>
/// Lets a request through to its endpoint when its key's role is enough. Closed by default: an endpoint that names no
/// role is refused, and so is a path that has no endpoint.
/// </summary>
public sealed class Gate(RequestDelegate next, KeyStore keys)
{
    public const string Cookie = "settle_session";
    private const string Bearer = "Bearer ";

    public async Task InvokeAsync(HttpContext http)
    {
        var needed = http.GetEndpoint()?.Metadata.GetMetadata<RoleNeeded>();
        // What the API has is told to nobody without a key, its methods as little as the rest.
        var isMismatch = IsMismatch(http);
        if (needed is { Role: null } || isMismatch && !http.Request.Path.StartsWithSegments("/v1"))
        {
            await next(http);
            return;
        }

        var actor = await FindActor(http);
        if (actor is null && IsBrowserPage(http))
            http.Response.Redirect("/login");
        else if (actor is null)
            throw ProblemException.Unauthorized();
        else if (isMismatch || IsExplorer(http) || needed?.Role <= actor.Role)
        {
            http.Features.Set(actor);
            await next(http);
        }
        else if (http.GetEndpoint() is null)
            throw ProblemException.NotFound("path_not_found", $"there is nothing at {http.Request.Path}");
        else
            throw ProblemException.Forbidden(needed?.Role?.ToString().ToLowerInvariant());
    }

    private async Task<Actor?> FindActor(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return await keys.FindKey(header[Bearer.Length..].Trim(), http.RequestAborted);
        // A cookie travels with requests that other sites start, so it opens reading and nothing else.
        return HttpMethods.IsGet(http.Request.Method) && http.Request.Cookies[Cookie] is { Length: > 0 } session
            ? await keys.FindSession(session, http.RequestAborted)
            : null;
    }

    /// <summary>Routing's own answer to a method or media type that no endpoint of the path takes: 405, 415.</summary>
    private static bool IsMismatch(HttpContext http) => http.GetEndpoint() is not null and not RouteEndpoint;

    private static bool IsExplorer(HttpContext http) => http.Request.Path.StartsWithSegments("/docs");

    private static bool IsBrowserPage(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method)
        && (IsExplorer(http) || http.GetEndpoint()?.Metadata.GetMetadata<LoginOpened>() is not null)
        && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
