using System.Globalization;
using System.Net;
using System.Text;
using EventSettlement.Contracts;
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
        (SettlementStates.Pending, "not payable yet"),
        (SettlementStates.Processing, "being paid"),
        (SettlementStates.AwaitingRetry, "some unpaid, tried again"),
        (SettlementStates.Completed, "all paid"),
        (SettlementStates.Failed, "some unpaid, needs a person"),
        (SettlementStates.Cancelled, "reversed, nothing paid"),
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
        Unfinished(html, o.Unfinished);
        Failures(html, o);
        States(html, o);
        Runs(html, o);
        return html.ToString();
    }

    public static DateTimeOffset Kst(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(9));

    private static void Verdict(StringBuilder html, Overview o)
    {
        var (mood, text) = (o.Alerts.Count + (o.Waiting.Parked > 0 ? 1 : 0), o.Unfinished.Count) switch
        {
            (1, _) => ("bad", "1 thing needs you"),
            (> 1 and var things, _) => ("bad", $"{things} things need you"),
            (_, 1) => ("busy", "A run is under way; nothing needs you"),
            (_, > 1 and var runs) => ("busy", $"{runs} runs are under way; nothing needs you"),
            _ => ("good", "All is quiet; nothing needs you"),
        };
        var waiting = new (string Name, long Count)[]
        {
            ("messages to send", o.Waiting.Outbox),
            ("overdue timers", o.Waiting.OverdueTimers),
            ("stopped downstreams", o.StoppedDownstreams.Count),
            ("settlements on hold", o.Held),
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
        if (o.Waiting.Parked > 0)
            html.Append(
                CultureInfo.InvariantCulture,
                $"""
                <article class="alert"><h3>{Number(o.Waiting.Parked)} parked: messages that could not be handled</h3>
                <p>What to do: settle parked list --status PARKED, then replay or discard each</p></article>
                """
            );
        html.Append("</section>\n");
    }

    private static void Unfinished(StringBuilder html, IReadOnlyList<RunView> runs)
    {
        html.Append(CultureInfo.InvariantCulture, $"<section id=\"run\"{(runs.Count == 0 ? " hidden" : "")}>");
        foreach (var view in runs)
        {
            var planned = view.Count(RunTotals.Planned);
            var ended = view.Count(SettlementStates.Ends);
            html.Append(
                CultureInfo.InvariantCulture,
                $"""
                <h2>Run {view.Run.Id}: {Text(view.Run.Programme)} for {view.Run.Date:yyyy-MM-dd}</h2>
                <p><progress max="{Math.Max(1, planned)}" value="{ended}"></progress>
                <strong>{Number(ended)} of {Number(planned)}</strong> settlements at their end,
                {Number(view.Count(SettlementStates.Failed))} of them failed</p>
                <p>Waits for: {Text(RunWaits.Describe(view) ?? "nothing")}</p>
                """
            );
        }

        html.Append("</section>\n");
    }

    private static void Failures(StringBuilder html, Overview o) =>
        Table(
            html,
            "failures",
            "Items that failed, by cause"
                + (
                    o.States.Where(s => s.State is SettlementStates.Failed or SettlementStates.AwaitingRetry)
                        .Sum(s => s.Settlements) > OverviewReads.MostFailures
                        ? $", in the newest {Number(OverviewReads.MostFailures)} settlements"
                        : ""
                ),
            o.Failures.Count == 0 ? "No item has failed." : null,
            ["cause", "#items", "#won", "for example", "why"],
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
            o.Runs.Select(view =>
                new[]
                {
                    view.Run.Id.ToString(CultureInfo.InvariantCulture),
                    Text(view.Run.Programme),
                    view.Run.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    Text(view.Run.Kind),
                    State(view.Run.State),
                    Faint(view.Count(RunTotals.Planned)),
                    Faint(view.Count(SettlementStates.Completed)),
                    Faint(view.Count(SettlementStates.AwaitingRetry)),
                    Faint(view.Count(SettlementStates.Failed)),
                    Faint(view.Totals.SingleOrDefault(t => t.State == RunTotals.Planned)?.Amount ?? 0),
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

    /// <summary>Nought steps back, so that the numbers that count are seen.</summary>
    private static string Faint(decimal value) => value == 0 ? "<span class=\"zero\">0</span>" : Number(value);

    private static string Number(decimal value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) =>
        Kst(time).ToString("MM-dd HH:mm:ss 'KST'", CultureInfo.InvariantCulture);

    private static string Text(string value) => WebUtility.HtmlEncode(value);
}
