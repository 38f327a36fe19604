using System.Globalization;
using EventSettlement.Access;
using Npgsql;

namespace EventSettlement.Dashboard;

/// <summary>Rendered here and sent again whenever it changes; without scripts it is a page to reload.</summary>
internal static class OverviewPage
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task<IResult> Show(OverviewReads reads, HttpContext http, CancellationToken cancel) =>
        Results.Content(
            OverviewFrame.Around(Actor.Of(http), OverviewHtml.Render(await reads.Read(cancel))),
            "text/html; charset=utf-8"
        );

    public static async Task Live(OverviewReads reads, HttpContext http, IHostApplicationLifetime lifetime)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted,
            lifetime.ApplicationStopping
        );
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        var shown = "";
        using var tick = new PeriodicTimer(Interval);
        try
        {
            do
            {
                var html = await Content(reads, end.Token);
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

    private static async Task<string> Content(OverviewReads reads, CancellationToken cancel)
    {
        try
        {
            return OverviewHtml.Render(await reads.Read(cancel));
        }
        catch (NpgsqlException)
        {
            return OverviewHtml.NoDatabase;
        }
    }

    private static string Event(string name, string data) =>
        $"event: {name}\ndata: {data.ReplaceLineEndings("\ndata: ")}\n\n";

    private static string Now() =>
        OverviewHtml.Kst(TimeProvider.System.GetUtcNow()).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
