using EventSettlement.Platform;
using Quartz;

namespace EventSettlement.Runs;

/// <summary>When a programme's runs are due.</summary>
public sealed class RunCalendar(string cron)
{
    // Looked back in steps, so that a schedule of every second is not walked through for a year.
    private static readonly TimeSpan[] Windows =
    [
        TimeSpan.FromMinutes(1),
        TimeSpan.FromHours(1),
        TimeSpan.FromDays(1),
        TimeSpan.FromDays(32),
        TimeSpan.FromDays(400),
    ];

    private readonly CronExpression _expression = new(cron) { TimeZone = Seoul.Zone };

    /// <summary>The last time due at or before an instant, or null when there was none in 400 days.</summary>
    public DateTime? LastDue(DateTime utc)
    {
        foreach (var window in Windows)
        {
            DateTimeOffset? last = null;
            var at = new DateTimeOffset(utc, TimeSpan.Zero) - window;
            while (_expression.GetNextValidTimeAfter(at) is { } next && next.UtcDateTime <= utc)
                last = at = next;
            if (last is { } found)
                return found.UtcDateTime;
        }

        return null;
    }

    public DateTime? NextDue(DateTime utc) =>
        _expression.GetNextValidTimeAfter(new DateTimeOffset(utc, TimeSpan.Zero))?.UtcDateTime;
}
