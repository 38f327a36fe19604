using System.Diagnostics.Metrics;

namespace EventSettlement.Messaging;

/// <summary>What the core counts; meter <c>EventSettlement.Messaging</c>.</summary>
public static class MessagingMeter
{
    public const string Name = "EventSettlement.Messaging";

    public static Meter Meter { get; } = new(Name);

    internal static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>("messaging.batch.size", "{message}");
    internal static readonly Histogram<double> BatchTime = Meter.CreateHistogram<double>(
        "messaging.batch.duration",
        "s"
    );
    internal static readonly Histogram<double> FlushTime = Meter.CreateHistogram<double>(
        "messaging.flush.duration",
        "s"
    );
    internal static readonly Counter<long> Parked = Meter.CreateCounter<long>("messaging.parked", "{message}");
    internal static readonly Counter<long> Fenced = Meter.CreateCounter<long>("messaging.fenced", "{transaction}");
    internal static readonly Counter<long> Resent = Meter.CreateCounter<long>("messaging.resent", "{message}");
    internal static readonly Counter<long> TimersFired = Meter.CreateCounter<long>("messaging.timers.fired", "{timer}");
}
