using System.Globalization;

namespace EventSettlement.Platform;

/// <summary>Business dates. Korea has had no daylight saving since 1988: Asia/Seoul is UTC+9.</summary>
public static class Seoul
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(9);

    public static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone(
        "Asia/Seoul",
        Offset,
        "Asia/Seoul",
        "KST"
    );

    public static DateOnly DateOf(DateTime utc) => DateOnly.FromDateTime(utc + Offset);

    /// <summary>The instant at which a date begins, UTC.</summary>
    public static DateTime Begin(DateOnly date) =>
        DateTime.SpecifyKind(date.ToDateTime(TimeOnly.MinValue) - Offset, DateTimeKind.Utc);

    /// <summary>Such as <c>2026-11-20 01:02:03 KST</c>.</summary>
    public static string Format(DateTime utc) =>
        (utc + Offset).ToString("yyyy-MM-dd HH:mm:ss 'KST'", CultureInfo.InvariantCulture);
}
