using EventSettlement.Contracts;
using EventSettlement.Pages;

namespace EventSettlement.Dashboard;

/// <summary>The overview in words. Pure.</summary>
internal static class OverviewText
{
    /// <summary>States in the order in which a settlement goes through them, with what they mean.</summary>
    public static readonly (string State, string Meaning)[] Flow =
    [
        (SettlementStates.Pending, "not payable yet"),
        (SettlementStates.Processing, "being paid"),
        (SettlementStates.AwaitingRetry, "some unpaid, tried again"),
        (SettlementStates.Completed, "all paid"),
        (SettlementStates.Failed, "some unpaid, needs a person"),
        (SettlementStates.Cancelled, "reversed, nothing paid"),
    ];

    /// <returns>Its mood, as a class of the style, and the verdict.</returns>
    public static (string Mood, string Text) Verdict(Overview o) =>
        (o.Alerts.Count + (o.Waiting.Parked > 0 ? 1 : 0), o.Unfinished.Count) switch
        {
            (1, _) => ("bad", "1 thing needs you"),
            (> 1 and var things, _) => ("bad", $"{things} things need you"),
            (_, 1) => ("busy", "A run is under way; nothing needs you"),
            (_, > 1 and var runs) => ("busy", $"{runs} runs are under way; nothing needs you"),
            _ => ("good", "All is quiet; nothing needs you"),
        };

    public static string Backlog(Overview o)
    {
        var waiting = new (string Name, long Count)[]
        {
            ("messages to send", o.Waiting.Outbox),
            ("overdue timers", o.Waiting.OverdueTimers),
            ("stopped downstreams", o.StoppedDownstreams.Count),
            ("settlements on hold", o.Held),
        }
            .Where(w => w.Count > 0)
            .Select(w => $"{Figures.Number(w.Count)} {w.Name}")
            .ToArray();
        return waiting.Length == 0 ? "No backlog." : "Backlog: " + string.Join(" · ", waiting);
    }

    /// <summary>Failures are looked for in so many settlements only.</summary>
    public static string WhereFailuresAre(Overview o) =>
        o.States.Where(s => s.State is SettlementStates.Failed or SettlementStates.AwaitingRetry)
            .Sum(s => s.Settlements) > OverviewReads.MostFailures
            ? $", in the newest {Figures.Number(OverviewReads.MostFailures)} settlements"
            : "";
}
