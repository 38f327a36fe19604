namespace EventSettlement.Faults.Injection;

/// <summary>The named moments of the product at which it is killed: at the first hit and at a later one.</summary>
internal static class CrashPoints
{
    private static readonly (string Point, string Moment, int Later, string? Log)[] Points =
    [
        ("K01", "with a batch polled and nothing done", 9, null),
        ("K02", "with a batch handled, before commit", 12, null),
        ("K03", "after the commit, before Kafka's offset", 9, null),
        ("K04", "after Kafka's offset", 3, "kafka"),
        ("K05", "with a settlement PROCESSING, before commit", 40, null),
        ("K06", "after the commit, with the outbox unsent", 12, null),
        ("K07", "with the outbox sent and not marked", 5, "kafka"),
        ("K08", "with the outbox marked", 5, "kafka"),
        ("K09", "with SENDING recorded, before the call", 7, null),
        ("K10", "with the request out and no answer", 7, null),
        ("K11", "with the answer in and not recorded", 7, null),
        ("K12", "with half of a bulk recorded", 4, null),
        ("K13", "before the posting", 4, null),
        ("K14", "with the payment posted, before COMPLETED", 80, null),
        ("K15", "with COMPLETED written and the event unsent", 200, null),
        ("K16", "with failures recorded and the timer set, before commit", 4, null),
        ("K17", "with a timer claimed", 3, null),
        ("K18", "with a timer fired and the settlement unchanged", 3, null),
        ("K19", "with the run's row made and nothing planned", 1, null),
        ("K20", "with half of the plan published", 2, null),
    ];

    public static IEnumerable<Fault> All()
    {
        foreach (var (point, moment, later, log) in Points)
        {
            yield return new Crash(point, moment, 1, log);
            if (later > 1)
                yield return new Crash(point, moment, later, log);
        }
    }

    /// <summary>Where a process that comes back could still do harm.</summary>
    public static IEnumerable<Fault> Freezes() =>
        Points
            .Where(p => p.Point is "K01" or "K05" or "K09" or "K10" or "K11")
            .Select(p => new FreezeAt(p.Point, p.Moment, Math.Min(p.Later, 9)));
}
