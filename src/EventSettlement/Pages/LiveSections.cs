using System.Globalization;
using System.Text.Encodings.Web;
using EventSettlement.Platform;
using RazorSlices;

namespace EventSettlement.Pages;

/// <summary>
/// Sends the sections of a page again whenever they have changed; without scripts it is a page to reload.
/// </summary>
public static class LiveSections
{
    private const string NoTrouble = "<p id=\"trouble\" role=\"alert\" hidden></p>\n";

    private const string NoDatabase = """
        <p id="trouble" role="alert">The database does not answer. What stands below is from before.
        Try <code>settle doctor</code>.</p>
        """;

    /// <param name="interval">Between two looks.</param>
    public static async Task Send(HttpContext http, TimeSpan interval, Func<CancellationToken, Task<RazorSlice>> look)
    {
        var services = http.RequestServices;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted,
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
        );
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        var shown = "";
        using var tick = new PeriodicTimer(interval);
        try
        {
            do
            {
                var html = await Render(look, services.GetRequiredService<HtmlEncoder>(), end.Token);
                // The beat tells the page that what it shows is of now, also when nothing has changed.
                var news = html == shown ? "" : Event("view", html);
                await http.Response.WriteAsync(news + Event("beat", Now()), end.Token);
                await http.Response.Body.FlushAsync(end.Token);
                shown = html;
            } while (await tick.WaitForNextTickAsync(end.Token));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader has left or the server stops; the page connects again by itself.
        }
    }

    private static async Task<string> Render(
        Func<CancellationToken, Task<RazorSlice>> look,
        HtmlEncoder encoder,
        CancellationToken cancel
    )
    {
        try
        {
            using var sections = await look(cancel);
            return NoTrouble + await sections.RenderAsync(encoder, cancel);
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            return NoDatabase;
        }
    }

    private static string Event(string name, string data) =>
        $"event: {name}\ndata: {data.ReplaceLineEndings("\ndata: ")}\n\n";

    private static string Now() =>
        Figures.Kst(TimeProvider.System.GetUtcNow()).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
