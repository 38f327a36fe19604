using EventSettlement.Faults.Injection.Processes;
using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection;

/// <summary>A named moment of the product.</summary>
/// <param name="Later">Which hit is the later one.</param>
/// <param name="OnlyLog">The one event log with which it comes.</param>
internal sealed record CrashPoint(string Name, string Moment, int Later, string? OnlyLog = null)
{
    /// <summary>A process that comes back from there could still do harm.</summary>
    public bool IsToFreeze { get; init; }

    /// <summary>
    /// What brings the moment about, where the load does not: done again until it has come, and then until it could be
    /// done to its end. Answers whether it could.
    /// </summary>
    public Func<Scene, Task<bool>>? BroughtBy { get; init; }

    /// <summary>The scheduler's moment needs a schedule that comes now.</summary>
    public string? Cron { get; init; }
}

/// <summary>The moments at which the product is killed: at the first hit and at a later one.</summary>
internal static class CrashPoints
{
    private static readonly CrashPoint[] Points =
    [
        new("K01", "with a batch polled and nothing done", 9) { IsToFreeze = true },
        new("K02", "with a batch handled, before commit", 12),
        new("K03", "after the commit, before Kafka's offset", 9),
        new("K04", "after Kafka's offset", 3, "kafka"),
        new("K05", "with a settlement PROCESSING, before commit", 40) { IsToFreeze = true },
        new("K06", "after the commit, with the outbox unsent", 12),
        new("K07", "with the outbox sent and not marked", 5, "kafka"),
        new("K08", "with the outbox marked", 5, "kafka"),
        new("K09", "with SENDING recorded, before the call", 7) { IsToFreeze = true },
        new("K10", "with the request out and no answer", 7) { IsToFreeze = true },
        new("K11", "with the answer in and not recorded", 7) { IsToFreeze = true },
        new("K12", "with half of a bulk recorded", 4),
        new("K13", "before the posting", 4),
        new("K14", "with payments posted, before COMPLETED", 4),
        new("K15", "with COMPLETED written and the event unsent", 200),
        new("K16", "with failures recorded and the timer set, before commit", 4),
        new("K17", "with a timer claimed", 3),
        new("K18", "with a timer fired and the settlement unchanged", 3),
        new("K19", "with the run's row made and nothing planned", 1) { Cron = "0/3 * * * * ?" },
        new("K20", "with half of the plan published", 2),
        new("K21", "with views summed, before commit", 4) { IsToFreeze = true },
        new("K22", "with blocks of known views joined, before commit", 1) { BroughtBy = ViewWork.SendSome },
        new("K23", "with statistics counted anew, before commit", 1) { BroughtBy = ViewWork.Rebuild },
    ];

    public static IEnumerable<Fault> All()
    {
        foreach (var point in Points)
        {
            yield return new Crash(point, 1);
            if (point.Later > 1)
                yield return new Crash(point, point.Later);
        }
    }

    public static IEnumerable<Fault> Freezes() => Points.Where(p => p.IsToFreeze).Select(p => new FreezeAt(p));
}
