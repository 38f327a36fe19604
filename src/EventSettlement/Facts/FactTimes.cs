namespace EventSettlement.Facts;

/// <summary>
/// Times of RFC 3339 with an offset, and nothing that a lenient parser would guess: <c>T</c> or <c>t</c>; <c>Z</c>,
/// <c>z</c>, <c>+09:00</c> or <c>+0900</c>; seconds may be absent, a fraction may have any length.
/// </summary>
public static class FactTimes
{
    public const string Rule = "a time such as 2026-11-19T22:10:00+09:00, with its offset";

    // Nobody lives further from Greenwich.
    private const int LargestOffsetMinutes = 14 * 60;

    /// <param name="at">UTC, cut to whole microseconds.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out DateTime at)
    {
        at = default;
        var rest = text;
        if (
            !Digits(ref rest, 4, out var year)
            || !Sign(ref rest, "-")
            || !Digits(ref rest, 2, out var month)
            || !Sign(ref rest, "-")
            || !Digits(ref rest, 2, out var day)
            || !Sign(ref rest, "Tt")
            || !Digits(ref rest, 2, out var hour)
            || !Sign(ref rest, ":")
            || !Digits(ref rest, 2, out var minute)
            || !Seconds(ref rest, out var second, out var microseconds)
            || !Offset(rest, out var offset)
        )
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        if (hour > 23 || minute > 59 || second > 59)
            return false;
        var ticks =
            new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks
            + (microseconds * TimeSpan.TicksPerMicrosecond)
            - offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        at = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }

    private static bool Seconds(ref ReadOnlySpan<char> rest, out int second, out int microseconds)
    {
        (second, microseconds) = (0, 0);
        if (!Sign(ref rest, ":"))
            return true;
        if (!Digits(ref rest, 2, out second))
            return false;
        if (!Sign(ref rest, "."))
            return true;
        var length = rest.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? rest.Length : end;
        for (var i = 0; i < 6; i++)
            microseconds = (microseconds * 10) + (i < length ? rest[i] - '0' : 0);
        rest = rest[length..];
        return length > 0;
    }

    private static bool Offset(ReadOnlySpan<char> rest, out TimeSpan offset)
    {
        offset = default;
        if (rest is "Z" or "z")
            return true;
        if (rest.Length == 0 || rest[0] is not ('+' or '-'))
            return false;
        var east = rest[0] == '+';
        rest = rest[1..];
        if (!Digits(ref rest, 2, out var hours))
            return false;
        _ = Sign(ref rest, ":");
        if (!Digits(ref rest, 2, out var minutes) || rest.Length > 0 || minutes > 59)
            return false;
        var total = (hours * 60) + minutes;
        offset = TimeSpan.FromMinutes(east ? total : -total);
        return total <= LargestOffsetMinutes;
    }

    private static bool Digits(ref ReadOnlySpan<char> rest, int count, out int number)
    {
        number = 0;
        if (rest.Length < count || rest[..count].ContainsAnyExceptInRange('0', '9'))
            return false;
        foreach (var digit in rest[..count])
            number = (number * 10) + (digit - '0');
        rest = rest[count..];
        return true;
    }

    private static bool Sign(ref ReadOnlySpan<char> rest, string oneOf)
    {
        if (rest.Length == 0 || !oneOf.Contains(rest[0], StringComparison.Ordinal))
            return false;
        rest = rest[1..];
        return true;
    }
}
