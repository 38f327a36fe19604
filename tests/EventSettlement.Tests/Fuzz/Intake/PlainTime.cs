using System.Globalization;
using System.Text.RegularExpressions;

namespace EventSettlement.Tests.Fuzz.Intake;

/// <summary>A time with an offset, by the letter of RFC 3339 with the seconds left out at will.</summary>
internal static partial class PlainTime
{
    /// <returns>UTC in whole microseconds; null for what is no such time.</returns>
    public static DateTime? Read(string text)
    {
        if (Form().Match(text) is not { Success: true } found)
            return null;
        int Part(string name) =>
            found.Groups[name].Success ? int.Parse(found.Groups[name].Value, CultureInfo.InvariantCulture) : 0;
        var (year, month, day) = (Part("year"), Part("month"), Part("day"));
        var offset = (Part("zh") * 60) + Part("zm");
        if (
            year == 0
            || month is 0 or > 12
            || day == 0
            || day > DateTime.DaysInMonth(year, month)
            || Part("h") > 23
            || Part("m") > 59
            || Part("s") > 59
            || Part("zm") > 59
            || offset > 14 * 60
        )
            return null;
        var ticks =
            new DateTime(year, month, day, Part("h"), Part("m"), Part("s"), DateTimeKind.Utc).Ticks
            + (long.Parse(found.Groups["f"].Value.PadRight(6, '0')[..6], CultureInfo.InvariantCulture) * 10)
            - ((found.Groups["sign"].Value == "-" ? -offset : offset) * TimeSpan.TicksPerMinute);
        return ticks < 0 || ticks > DateTime.MaxValue.Ticks ? null : new DateTime(ticks, DateTimeKind.Utc);
    }

    [GeneratedRegex(
        """
            ^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})
            [Tt](?<h>[0-9]{2}):(?<m>[0-9]{2})(:(?<s>[0-9]{2})(\.(?<f>[0-9]+))?)?
            ([Zz]|(?<sign>[+-])(?<zh>[0-9]{2}):?(?<zm>[0-9]{2}))\z
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Form();
}
