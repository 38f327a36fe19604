namespace EventSettlement.Faults.Check;

/// <summary>I5, I8: only legal moves, no gap, versions rise, and no retry before its time.</summary>
internal static class Lives
{
    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private static readonly Dictionary<string, string[]> Legal = new()
    {
        [""] = ["PENDING"],
        ["PENDING"] = ["PROCESSING", "COMPLETED", "CANCELLED"],
        ["PROCESSING"] = ["COMPLETED", "AWAITING_RETRY", "FAILED"],
        ["AWAITING_RETRY"] = ["PROCESSING", "COMPLETED", "FAILED", "CANCELLED"],
        ["FAILED"] = ["PROCESSING", "COMPLETED", "CANCELLED"],
        ["COMPLETED"] = [], ["CANCELLED"] = [],
    };

    private static readonly string[] Final = ["PAID", "CANCELLED", "WRITTEN_OFF"];

    public static IEnumerable<Violation> Check(Truth truth) =>
        truth.Settlements.Values.SelectMany(s => Of(truth, s)).Concat(ItemsStay(truth));

    private static IEnumerable<Violation> Of(Truth truth, SettlementRow settlement)
    {
        var history = truth.History.GetValueOrDefault(settlement.Id, []);
        return Moves(settlement, history).Concat(Retries(settlement, history))
            .Concat(Versions(settlement, truth.SeenSettlements[settlement.Id]));
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
            else if (line.To != before && !Legal[before].Contains(line.To))
                yield return new Violation("I5", $"{settlement.Id} moved {before} -> {line.To}", story);
            before = line.To;
        }

        if (before != settlement.State || settlement.Seq != history.Length)
            yield return new Violation("I5", $"{settlement.Id} is {settlement.State} seq {settlement.Seq}, its history "
                + $"ends with {before} seq {history.Length}");
    }

    private static IEnumerable<Violation> Retries(SettlementRow settlement, HistoryRow[] history)
    {
        var retry = 0;
        DateTime? failed = null;
        foreach (var line in history)
        {
            if (line is { To: "PROCESSING", Cause: "retry" })
                retry = 0;
            if (line is { To: "PROCESSING", From: "AWAITING_RETRY", Actor: "timer" } && failed is { } at)
            {
                if (retry >= Delays.Length || line.At - at < Delays[retry])
                    yield return new Violation("I8", $"retry {retry + 1} of {settlement.Id} came after "
                        + $"{(line.At - at).TotalSeconds:F3} s", [.. history.Select(h => h.ToString())]);
                retry++;
            }

            if (line.To == "AWAITING_RETRY" && line.From == "PROCESSING")
                failed = line.At;
        }
    }

    private static IEnumerable<Violation> Versions(SettlementRow settlement, IEnumerable<SeenSettlement> seen)
    {
        var before = new SeenSettlement(settlement.Id, 0, "", default);
        foreach (var now in seen)
        {
            if (now.Version <= before.Version)
                yield return new Violation("I5", $"version of {settlement.Id} went from {before.Version} to "
                    + $"{now.Version}", before.ToString(), now.ToString());
            before = now;
        }

        if (before.Version != settlement.Version)
            yield return new Violation("I5", $"{settlement.Id} has version {settlement.Version}, last seen "
                + $"{before.Version}");
    }

    private static IEnumerable<Violation> ItemsStay(Truth truth)
    {
        foreach (var item in truth.SeenItems)
        {
            string? final = null;
            foreach (var seen in item)
            {
                if (final is not null && seen.State != final)
                    yield return new Violation("I5", $"item {item.Key} left {final} for {seen.State}",
                        truth.Story(item.Key.Item1, item.Key.Item2));
                final = Final.Contains(seen.State) ? seen.State : null;
            }
        }
    }
}
