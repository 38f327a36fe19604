using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Check;

/// <summary>I5, I8: only legal moves, no gap, versions rise, and no retry before its time.</summary>
internal static class Lives
{
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(0.5),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
    ];

    private static readonly Dictionary<string, string[]> Legal = new()
    {
        [""] = ["PENDING"],
        ["PENDING"] = ["PROCESSING", "COMPLETED", "CANCELLED"],
        ["PROCESSING"] = ["COMPLETED", "AWAITING_RETRY", "FAILED"],
        ["AWAITING_RETRY"] = ["PROCESSING", "COMPLETED", "FAILED", "CANCELLED"],
        ["FAILED"] = ["PROCESSING", "COMPLETED", "CANCELLED"],
        ["COMPLETED"] = [],
        ["CANCELLED"] = [],
    };

    private static readonly Dictionary<string, string[]> LegalOfItems = new()
    {
        ["PENDING"] = ["SENDING", "CANCELLED", "WRITTEN_OFF"],
        ["SENDING"] = ["PAID", "REJECTED", "FAILED", "IN_DOUBT", "PENDING"],
        ["FAILED"] = ["SENDING", "PAID", "IN_DOUBT", "CANCELLED", "WRITTEN_OFF"],
        ["REJECTED"] = ["SENDING", "PAID", "IN_DOUBT", "CANCELLED", "WRITTEN_OFF"],
        ["IN_DOUBT"] = ["SENDING", "PAID", "FAILED", "CANCELLED", "WRITTEN_OFF"],
        ["PAID"] = [],
        ["CANCELLED"] = [],
        ["WRITTEN_OFF"] = [],
    };

    public static IEnumerable<Violation> Check(Truth truth) =>
        truth.Settlements.Values.SelectMany(s => Of(truth, s)).Concat(ItemMoves(truth));

    private static IEnumerable<Violation> Of(Truth truth, SettlementRow settlement)
    {
        var history = truth.History.GetValueOrDefault(settlement.Id, []);
        var seen = truth.SeenSettlements[settlement.Id].ToArray();
        return Moves(settlement, history)
            .Concat(Retries(settlement, history, seen))
            .Concat(Versions(settlement, history, seen));
    }

    private static IEnumerable<Violation> Moves(SettlementRow settlement, HistoryRow[] history)
    {
        var before = "";
        for (var i = 0; i < history.Length; i++)
        {
            var (line, story) = (history[i], history.Take(i + 1).Select(h => h.ToString()).ToArray());
            if (line.Seq != i + 1)
                yield return new Violation("I5", $"history of {settlement.Id} has a gap before {line.Seq}", story);
            if ((line.From ?? "") != before)
                yield return new Violation("I5", $"{settlement.Id} moved from {line.From} and was {before}", story);
            else if (line.To != before && !Legal.GetValueOrDefault(before, []).Contains(line.To))
                yield return new Violation("I5", $"{settlement.Id} moved {before} -> {line.To}", story);
            before = line.To;
        }

        if (before != settlement.State || settlement.Seq != history.Length)
            yield return new Violation(
                "I5",
                $"{settlement.Id} is {settlement.State} seq {settlement.Seq}, its history "
                    + $"ends with {before} seq {history.Length}"
            );
    }

    /// <summary>From an attempt to the next one, whatever the product's clock is told.</summary>
    private static IEnumerable<Violation> Retries(SettlementRow settlement, HistoryRow[] history, SeenSettlement[] seen)
    {
        var retry = 0;
        DateTime? failed = null;
        foreach (var line in history)
        {
            if (line is { To: "PROCESSING", Cause: "retry" })
                retry = 0;
            var sight = Array.Find(seen, s => s.Seq >= line.Seq);
            if (line is { To: "PROCESSING", From: "AWAITING_RETRY", Actor: "timer" } && failed is { } at)
            {
                if (retry >= Delays.Length || sight?.At - at < Delays[retry])
                    yield return new Violation(
                        "I8",
                        $"retry {retry + 1} of {settlement.Id} came after " + $"{(sight?.At - at)?.TotalSeconds:F3} s",
                        [.. history.Select(h => h.ToString())]
                    );
                retry++;
            }

            if (line.To == "AWAITING_RETRY" && line.From == "PROCESSING")
                failed = Earliest(line, sight);
        }
    }

    /// <summary>
    /// An attempt ends when its batch reads the product's clock, which is what history says; the transaction may begin
    /// half a second later on a busy machine. Where that clock was put off, it was by whole hours.
    /// </summary>
    private static DateTime Earliest(HistoryRow line, SeenSettlement? sight) =>
        sight is null ? line.At : line.At - TimeSpan.FromHours(Math.Round((line.At - sight.Begun).TotalHours));

    private static IEnumerable<Violation> Versions(
        SettlementRow settlement,
        HistoryRow[] history,
        SeenSettlement[] seen
    )
    {
        var before = new SeenSettlement(settlement.Id, 0, "", 0, default, default);
        foreach (var now in seen)
        {
            if (now.Version <= before.Version)
                yield return new Violation(
                    "I5",
                    $"version of {settlement.Id} went from {before.Version} to " + $"{now.Version}",
                    before.ToString(),
                    now.ToString()
                );
            if (now.Seq < before.Seq || history.ElementAtOrDefault(now.Seq - 1)?.To != now.State)
                yield return new Violation(
                    "I5",
                    $"{settlement.Id} was seen as {now.State} at line {now.Seq} of its "
                        + "history, which says otherwise",
                    [now.ToString(), .. history.Select(h => h.ToString())]
                );
            before = now;
        }

        if (before.Version != settlement.Version)
            yield return new Violation(
                "I5",
                $"{settlement.Id} has version {settlement.Version}, last seen " + $"{before.Version}"
            );
    }

    private static IEnumerable<Violation> ItemMoves(Truth truth)
    {
        foreach (var item in truth.SeenItems)
        {
            var before = "PENDING";
            foreach (var seen in item)
            {
                if (seen.State != before && !LegalOfItems.GetValueOrDefault(before, []).Contains(seen.State))
                    yield return new Violation(
                        "I5",
                        $"item {item.Key} moved {before} -> {seen.State}",
                        truth.Story(item.Key.Item1, item.Key.Item2)
                    );
                if (
                    before == "REJECTED"
                    && seen.State == "SENDING"
                    && !truth.History.GetValueOrDefault(item.Key.Item1, []).Any(h => h.IsMove && h.Cause == "retry")
                )
                    yield return new Violation(
                        "I5",
                        $"item {item.Key} was rejected and is sent again unasked",
                        truth.Story(item.Key.Item1, item.Key.Item2)
                    );
                before = seen.State;
            }
        }
    }
}
