using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;
using RazorSlices;

namespace EventSettlement.Pages;

/// <summary>How a slice maps its pages.</summary>
public static class PageRoutes
{
    /// <summary>A page for whoever may look. What goes wrong is a page as well, with the next step.</summary>
    public static RouteHandlerBuilder MapPage(this IEndpointRouteBuilder routes, string path, Delegate handler) =>
        routes
            .MapGet(path, handler)
            .Needs(Role.Viewer)
            .OpensLogin()
            .ExcludeFromDescription()
            .AddEndpointFilter(TellTrouble);

    /// <summary>The changes of a page, as server-sent events.</summary>
    public static void MapLive(this IEndpointRouteBuilder routes, string path, Delegate handler) =>
        routes.MapGet(path, handler).Needs(Role.Viewer).ExcludeFromDescription();

    /// <summary>With what is asked for, where it is; null asks for nothing.</summary>
    public static string Address(string path, params (string Name, string? Value)[] asked) =>
        path
        + QueryString.Create(
            asked.Where(part => part.Value is not null).Select(part => KeyValuePair.Create(part.Name, part.Value))
        );

    /// <summary>An empty field of a form asks for nothing.</summary>
    /// <exception cref="ProblemException">It has characters that no id has.</exception>
    public static string? Field(string? text, string pointer) =>
        string.IsNullOrWhiteSpace(text) ? null : PlainText.Optional(text, pointer);

    private static async ValueTask<object?> TellTrouble(
        EndpointFilterInvocationContext call,
        EndpointFilterDelegate next
    )
    {
        try
        {
            return await next(call);
        }
        catch (ProblemException problem)
        {
            return Trouble(call.HttpContext, problem);
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return Trouble(call.HttpContext, ProblemAnswers.Explain(error));
        }
    }

    private static RazorSlice Trouble(HttpContext http, ProblemException problem)
    {
        var page = FramedPage.Answer(http, "EventSettlement", Pages.Trouble.Create(problem.Document()));
        page.StatusCode = problem.Status;
        return page;
    }
}
