using EventSettlement.Access;
using RazorSlices;

namespace EventSettlement.Pages;

/// <summary>A page in its frame.</summary>
/// <param name="Here">The path that was asked for.</param>
/// <param name="Live">Where its sections come anew whenever they change; null = they do not.</param>
public sealed record FramedPage(
    string Title,
    Actor Actor,
    IReadOnlyList<PageLink> Links,
    PathString Here,
    string? Live,
    RazorSlice Content
)
{
    /// <param name="content">Sections, each with an id by which it is replaced.</param>
    public static RazorSlice Answer(HttpContext http, string title, RazorSlice content, string? live = null)
    {
        var links = http.RequestServices.GetServices<PageLink>().ToList();
        return Frame.Create(new FramedPage(title, Actor.Of(http), links, http.Request.Path, live, content));
    }
}
