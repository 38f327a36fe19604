using System.Diagnostics.Metrics;

namespace EventSettlement.Messaging;

/// <summary>What the core counts; meter <c>EventSettlement.Messaging</c>.</summary>
public static class MessagingMeter
{
    public const string Name = "EventSettlement.Messaging";

    public static Meter Meter { get; } = new(Name);

    internal static readonly Histogram<int> BatchSize = Meter.CreateHistogram(
        "messaging.batch.size",
        "{message}",
        "Messages in a batch",
        advice: Buckets(1, 2, 5, 10, 20, 50, 100, 200, 500)
    );
    internal static readonly Histogram<double> BatchTime = Meter.CreateHistogram(
        "messaging.batch.duration",
        "s",
        "How long a batch was handled, its transaction included",
        advice: Buckets(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
    );
    internal static readonly Histogram<double> FlushTime = Meter.CreateHistogram(
        "messaging.flush.duration",
        "s",
        "What a batch waited for its transaction, its COMMIT included",
        advice: Buckets(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
    );
    internal static readonly Counter<long> Parked = Meter.CreateCounter<long>(
        "messaging.parked",
        "{message}",
        "Messages that could not be handled and are kept with their bytes"
    );
    internal static readonly Counter<long> Fenced = Meter.CreateCounter<long>(
        "messaging.fenced",
        "{transaction}",
        "Transactions rolled back because another owner had taken over"
    );
    internal static readonly Counter<long> Resent = Meter.CreateCounter<long>(
        "messaging.resent",
        "{message}",
        "Messages of a relay that another had overtaken: Kafka may hold them twice"
    );
    internal static readonly Counter<long> TimersFired = Meter.CreateCounter<long>(
        "messaging.timers.fired",
        "{timer}",
        "Timers that came due and were sent"
    );

    /// <summary>A counter is seen from its first count on, and nothing counted yet is a number too.</summary>
    internal static void Begin()
    {
        foreach (var counter in (Counter<long>[])[Parked, Fenced, Resent, TimersFired])
            counter.Add(0);
    }

    private static InstrumentAdvice<T> Buckets<T>(params T[] upTo)
        where T : struct => new() { HistogramBucketBoundaries = upTo };
}
