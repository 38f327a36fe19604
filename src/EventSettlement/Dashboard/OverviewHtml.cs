using System.Globalization;
using System.Net;
using System.Text;
using EventSettlement.Runs;

namespace EventSettlement.Dashboard;

/// <summary>
/// The sections of the page, the most urgent first: what needs a person, what goes on, what failed, and the rest. Each
/// has an id, by which the page replaces only what has changed. Pure.
/// </summary>
internal static class OverviewHtml
{
    /// <summary>States in the order in which a settlement goes through them, with what they mean.</summary>
    private static readonly (string State, string Meaning)[] Flow =
    [
        ("PENDING", "not payable yet"),
        ("PROCESSING", "being paid"),
        ("AWAITING_RETRY", "some unpaid, tried again"),
        ("COMPLETED", "all paid"),
        ("FAILED", "some unpaid, needs a person"),
        ("CANCELLED", "reversed, nothing paid"),
    ];

    public const string NoDatabase = """
        <section id="verdict" class="bad"><h2>The database does not answer</h2>
        <p>What stands below is from before. Try <code>settle doctor</code>.</p></section>
        """;

    public static string Render(Overview o)
    {
        var html = new StringBuilder();
        Verdict(html, o);
        Alerts(html, o);
        Run(html, o.Unfinished);
        Failures(html, o);
        States(html, o);
        Runs(html, o);
        return html.ToString();
    }

    public static DateTimeOffset Kst(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(9));

    private static void Verdict(StringBuilder html, Overview o)
    {
        var (mood, text) = (o.Alerts.Count + (o.Backlog.Parked > 0 ? 1 : 0), o.Unfinished) switch
        {
            (1, _) => ("bad", "1 thing needs you"),
            (> 1 and var things, _) => ("bad", $"{things} things need you"),
            (_, not null) => ("busy", "A run is under way; nothing needs you"),
            _ => ("good", "All is quiet; nothing needs you"),
        };
        var waiting = new (string Name, long Count)[]
        {
            ("messages to send", o.Backlog.Outbox),
            ("overdue timers", o.Backlog.OverdueTimers),
            ("stopped downstreams", o.Backlog.StoppedDownstreams),
            ("settlements on hold", o.Backlog.Held),
        }
            .Where(w => w.Count > 0)
            .Select(w => $"{Number(w.Count)} {w.Name}")
            .ToArray();
        html.Append(CultureInfo.InvariantCulture, $"<section id=\"verdict\" class=\"{mood}\"><h2>{text}</h2><p>")
            .Append(waiting.Length == 0 ? "No backlog." : "Backlog: " + string.Join(" · ", waiting))
            .Append("</p></section>\n");
    }

    private static void Alerts(StringBuilder html, Overview o)
    {
        html.Append("<section id=\"alerts\" aria-label=\"What needs you\">");
        foreach (var a in o.Alerts.OrderByDescending(a => a.LastAt))
            html.Append(
                CultureInfo.InvariantCulture,
                $"""
                <article class="alert"><h3>{Text(a.Message)}</h3>
                <p>What to do: {Text(a.Next)}</p>
                <p class="small">{Text(a.Code)} · {(a.Count == 1 ? "once" : Number(a.Count) + " times")} ·
                {(a.Amount == 0 ? "" : Number(a.Amount) + " won · ")}first {Time(a.FirstAt)} · last {Time(a.LastAt)}</p>
                </article>
                """
            );
        if (o.Backlog.Parked > 0)
            html.Append(
                CultureInfo.InvariantCulture,
                $"""
                <article class="alert"><h3>{Number(o.Backlog.Parked)} parked: messages that could not be handled</h3>
                <p>What to do: settle parked list --status PARKED, then replay or discard each</p></article>
                """
            );
        html.Append("</section>\n");
    }

    private static void Run(StringBuilder html, RunView? view)
    {
        if (view is null)
        {
            html.Append("<section id=\"run\" hidden></section>\n");
            return;
        }

        var planned = Count(view, "PLANNED");
        var ended = Count(view, "COMPLETED", "FAILED", "CANCELLED");
        html.Append(
            CultureInfo.InvariantCulture,
            $"""
            <section id="run"><h2>Run {view.Run.Id}: {Text(view.Run.Programme)} for {view.Run.Date:yyyy-MM-dd}</h2>
            <p><progress max="{Math.Max(1, planned)}" value="{ended}"></progress>
            <strong>{Number(ended)} of {Number(planned)}</strong> settlements at their end,
            {Number(Count(view, "FAILED"))} of them failed</p>
            <p>Waits for: {Text(RunWaits.Of(view) ?? "nothing")}</p></section>

            """
        );
    }

    private static void Failures(StringBuilder html, Overview o) =>
        Table(
            html,
            "failures",
            "Items that failed, by cause"
                + (
                    o.States.Where(s => s.State is "FAILED" or "AWAITING_RETRY").Sum(s => s.Settlements)
                    > OverviewReads.MostFailures
                        ? $", in the newest {Number(OverviewReads.MostFailures)} settlements"
                        : ""
                ),
            o.Failures.Count == 0 ? "No item has failed." : null,
            ["cause", "#items", "#won", "for example study", "why"],
            o.Failures.Select(f =>
                new[]
                {
                    Text(f.Code),
                    Number(f.Items),
                    Number(f.Amount),
                    Text(f.Subject),
                    $"<code>settle settlement explain {Text(f.Example)}</code>",
                }
            )
        );

    private static void States(StringBuilder html, Overview o) =>
        Table(
            html,
            "states",
            "Settlements by state",
            o.States.Count == 0 ? "There are none yet." : null,
            ["state", "meaning", "#settlements", "#items", "#won"],
            Flow.Join(
                o.States,
                f => f.State,
                s => s.State,
                (f, s) =>
                    new[] { State(s.State), Text(f.Meaning), Number(s.Settlements), Number(s.Items), Number(s.Amount) }
            )
        );

    private static void Runs(StringBuilder html, Overview o) =>
        Table(
            html,
            "runs",
            "Last runs",
            o.Runs.Count == 0 ? "There was none yet." : null,
            [
                "#run",
                "programme",
                "date",
                "kind",
                "state",
                "#settlements",
                "#completed",
                "#retrying",
                "#failed",
                "#won",
            ],
            o.Runs.Select(r =>
                new[]
                {
                    r.RunId.ToString(CultureInfo.InvariantCulture),
                    Text(r.Programme),
                    r.BusinessDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    Text(r.Kind),
                    State(r.State),
                    Faint(r.Planned),
                    Faint(r.Completed),
                    Faint(r.Retrying),
                    Faint(r.Failed),
                    Faint(r.Amount),
                }
            )
        );

    /// <param name="heads">One that begins with # is of numbers.</param>
    private static void Table(
        StringBuilder html,
        string id,
        string title,
        string? none,
        string[] heads,
        IEnumerable<string[]> rows
    )
    {
        html.Append(CultureInfo.InvariantCulture, $"<section id=\"{id}\"><h2>{title}</h2>");
        if (none is not null)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{none}</p></section>\n");
            return;
        }

        html.Append("<table><thead><tr>");
        foreach (var head in heads)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{Right(head)}>{head.TrimStart('#')}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in rows)
            html.Append("<tr>")
                .AppendJoin("", row.Select((cell, i) => $"<td{Right(heads[i])}>{cell}</td>"))
                .Append("</tr>");
        html.Append("</tbody></table></section>\n");
    }

    private static string Right(string head) => head[0] == '#' ? " class=\"n\"" : "";

    private static string State(string state) => $"<span class=\"state {state.ToLowerInvariant()}\">{state}</span>";

    private static long Count(RunView view, params string[] states) =>
        view.Totals.Where(t => states.Contains(t.State)).Sum(t => t.Settlements);

    /// <summary>Nought steps back, so that the numbers that count are seen.</summary>
    private static string Faint(decimal value) => value == 0 ? "<span class=\"zero\">0</span>" : Number(value);

    private static string Number(decimal value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) =>
        Kst(time).ToString("MM-dd HH:mm:ss 'KST'", CultureInfo.InvariantCulture);

    private static string Text(string value) => WebUtility.HtmlEncode(value);
}
