using EventSettlement.Platform;

namespace EventSettlement.Views;

/// <summary>Days in Seoul as numbers since 1970, and moments as microseconds since 1970 UTC.</summary>
internal static class ViewDays
{
    public const long Microsecond = 1;
    public const long Second = 1_000_000 * Microsecond;
    public const long Hour = 3_600 * Second;
    public const long Day = 86_400 * Second;

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
    private static readonly long OffsetOfSeoul = Microseconds(Seoul.Offset);

    /// <param name="at">Microseconds since 1970 UTC, not before 1970.</param>
    public static int Of(long at) => (int)((at + OffsetOfSeoul) / Day);

    public static int Of(DateOnly date) => date.DayNumber - Epoch;

    public static DateOnly ToDate(int day) => DateOnly.FromDayNumber(day + Epoch);

    public static long At(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTime ToTime(long at) => DateTime.UnixEpoch.AddMicroseconds(at);

    public static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
