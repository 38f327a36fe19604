using System.Globalization;
using System.Net;
using System.Text;
using EventSettlement.Access;
using Npgsql;

namespace EventSettlement.Dashboard;

/// <summary>Rendered here and sent again whenever it changes; without scripts it is a page to reload.</summary>
internal static class OverviewPage
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Seoul = TimeSpan.FromHours(9);

    public static async Task<IResult> Show(OverviewReads reads, HttpContext http, CancellationToken cancel) =>
        Results.Content(Frame(Actor.Of(http), Render(await reads.Read(cancel))), "text/html; charset=utf-8");

    public static async Task Live(OverviewReads reads, HttpContext http, IHostApplicationLifetime lifetime)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted,
            lifetime.ApplicationStopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        var shown = "";
        using var tick = new PeriodicTimer(Interval);
        try
        {
            do
            {
                var html = await Content(reads, end.Token);
                // A comment keeps the connection alive through proxies when nothing has changed.
                await http.Response.WriteAsync(html == shown ? ":\n\n"
                    : "data: " + html.ReplaceLineEndings("\ndata: ") + "\n\n", end.Token);
                await http.Response.Body.FlushAsync(end.Token);
                shown = html;
            }
            while (await tick.WaitForNextTickAsync(end.Token));
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
            return Render(await reads.Read(cancel));
        }
        catch (NpgsqlException)
        {
            return "<p role=\"alert\"><strong>The database does not answer; what stood here was older.</strong></p>";
        }
    }

    private static string Render(Overview o)
    {
        var html = new StringBuilder();
        Table(html, "Runs", ["run", "programme", "date", "state", "settlements", "completed", "retrying", "failed",
            "won", "progress"],
            o.Runs.Select(r => new[]
            {
                Text(r.RunId), Text(r.Programme),
                    Text(r.BusinessDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), Text(r.State),
                Number(r.Planned), Number(r.Completed), Number(r.Retrying), Number(r.Failed), Number(r.Amount),
                $"<progress max=\"{Math.Max(1, r.Planned)}\" value=\"{r.Ended}\"></progress>",
            }));
        Table(html, "States", ["state", "settlements", "items", "won"],
            o.States.Select(s => new[] { Text(s.State), Number(s.Settlements), Number(s.Items), Number(s.Amount) }));
        Table(html, "Failures", ["cause", "items", "won", "a settlement"],
            o.Failures.Select(f => new[]
            {
                Text(f.Code), Number(f.Items), Number(f.Amount),
                $"<a href=\"/v1/settlements/{f.Example}/explain\">{f.Example}</a>",
            }));
        Table(html, "Alerts", ["last (KST)", "code", "message", "count", "won", "what to do"],
            o.Alerts.Select(a => new[]
            {
                Text(a.LastAt.ToOffset(Seoul).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
                    Text(a.Code),
                Text(a.Message), Number(a.Count), Number(a.Amount), Text(a.Next),
            }));
        return html.ToString();
    }

    private static void Table(StringBuilder html, string caption, string[] heads, IEnumerable<string[]> rows)
    {
        html.Append(CultureInfo.InvariantCulture, $"<table><caption>{caption}</caption><thead><tr>");
        foreach (var head in heads)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{head}</th>");
        html.Append("</tr></thead><tbody>");
        var any = false;
        foreach (var row in rows)
        {
            any = true;
            html.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{cell}</td>")).Append("</tr>");
        }

        html.Append(any ? "" : $"<tr><td colspan=\"{heads.Length}\">none</td></tr>").Append("</tbody></table>\n");
    }

    private static string Number(long value) =>
        $"<data value=\"{value}\">{value.ToString("N0", CultureInfo.InvariantCulture)}</data>";

    private static string Text(object value) =>
        WebUtility.HtmlEncode(Convert.ToString(value, CultureInfo.InvariantCulture)) ?? "";

    private static string Frame(Actor actor, string content) => $$"""
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>EventSettlement</title>
        <style>
        body{font:15px/1.45 system-ui,sans-serif;margin:1rem auto;max-width:76rem;padding:0 1rem}
        table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}
        caption{text-align:left;font-weight:600;font-size:1.15rem}
        th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #8884}td:has(data){text-align:right}
        nav{display:flex;gap:1rem}#lost{color:#b00}progress{width:7rem}:focus-visible{outline:3px solid #06c}
        @media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#8bf} }
        </style>
        <h1>EventSettlement</h1>
        <nav aria-label="Pages"><a href="/docs">API</a><a href="/healthz/details">Health</a><a href="/logout">Log out
        {{WebUtility.HtmlEncode(actor.Name)}}</a>
        <span id="lost" role="status" hidden>The connection is lost; trying again.</span></nav>
        <main id="live">{{content}}</main>
        <script>
        const live=document.getElementById('live'),lost=document.getElementById('lost'),source=new EventSource('/live');
        source.onopen=()=>lost.hidden=true;source.onerror=()=>lost.hidden=false;
        source.onmessage=e=>{const f=document.activeElement?.getAttribute('href');live.innerHTML=e.data;
        if(f)live.querySelector(`a[href="${f}"]`)?.focus()};
        </script>
        """;
}
