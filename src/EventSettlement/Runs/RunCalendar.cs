using Quartz;

namespace EventSettlement.Runs;

/// <summary>
/// Business dates and the schedule. Korea has had no daylight saving since 1988: Asia/Seoul is UTC+9.
/// </summary>
public sealed class RunCalendar(string cron)
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(9);

    private static readonly TimeZoneInfo Seoul = TimeZoneInfo.CreateCustomTimeZone(
        "Asia/Seoul",
        Offset,
        "Asia/Seoul",
        "KST"
    );

    // Looked back in steps, so that a schedule of every second is not walked through for a year.
    private static readonly TimeSpan[] Windows =
    [
        TimeSpan.FromMinutes(1),
        TimeSpan.FromHours(1),
        TimeSpan.FromDays(1),
        TimeSpan.FromDays(32),
        TimeSpan.FromDays(400),
    ];

    private readonly CronExpression expression = new(cron) { TimeZone = Seoul };

    /// <summary>The last time due at or before an instant, or null when there was none in 400 days.</summary>
    public DateTime? LastDue(DateTime utc)
    {
        foreach (var window in Windows)
        {
            DateTimeOffset? last = null;
            var at = new DateTimeOffset(utc, TimeSpan.Zero) - window;
            while (expression.GetNextValidTimeAfter(at) is { } next && next.UtcDateTime <= utc)
                last = at = next;
            if (last is { } found)
                return found.UtcDateTime;
        }

        return null;
    }

    public DateTime? NextDue(DateTime utc) =>
        expression.GetNextValidTimeAfter(new DateTimeOffset(utc, TimeSpan.Zero))?.UtcDateTime;

    public static DateOnly BusinessDate(DateTime utc) => DateOnly.FromDateTime(utc + Offset);

    /// <summary>The instant at which a business date begins; a run plans what was completed before it.</summary>
    public static DateTime Begin(DateOnly date) =>
        DateTime.SpecifyKind(date.ToDateTime(TimeOnly.MinValue) - Offset, DateTimeKind.Utc);
}
