using System.Globalization;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>Times with an offset, and nothing that a lenient parser would guess.</summary>
internal static class FactTimes
{
    /// <summary>Characters; a fraction may be longer than anybody measures, but not endless.</summary>
    private const int Longest = 100;

    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mmzzz",
    ];

    /// <param name="at">UTC, cut to whole microseconds.</param>
    public static bool TryRead(string text, out DateTime at)
    {
        at = default;
        if (text.Length is < 17 or > Longest)
            return false;
        var spelled = text[^1] == 'Z' ? text[..^1] + "+00:00" : text;
        if (spelled[^6] is not ('+' or '-') || !Digits(spelled))
            return false;
        if (
            !DateTimeOffset.TryParseExact(
                Cut(spelled),
                Forms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var read
            )
        )
            return false;
        at = new DateTime(read.UtcTicks - (read.UtcTicks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
        return true;
    }

    // Past seven digits of a fraction there is nothing that could be stored; what is no digit is no fraction.
    private static string Cut(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var zone = text.Length - 6;
        return dot < 0 || zone - dot <= 8 || text.AsSpan((dot + 8)..zone).ContainsAnyExceptInRange('0', '9')
            ? text
            : text[..(dot + 8)] + text[zone..];
    }

    private static bool Digits(string text) =>
        !text.AsSpan().ContainsAnyExcept("0123456789-+:.T")
        && !text.Contains(".+", StringComparison.Ordinal)
        && !text.Contains(".-", StringComparison.Ordinal);
}
