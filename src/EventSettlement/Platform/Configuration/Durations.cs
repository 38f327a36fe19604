using System.Globalization;

namespace EventSettlement.Platform.Configuration;

/// <summary>
/// Lengths of time as people type them: <c>500ms</c>, <c>30s</c>, <c>4m</c>, <c>1h</c> or <c>00:00:30</c>.
/// </summary>
public static class Durations
{
    private static readonly (string Unit, double Milliseconds)[] Units =
    [
        ("ms", 1),
        ("s", 1000),
        ("min", 60_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
    ];

    public static bool TryParse(string? text, out TimeSpan duration)
    {
        text = text?.Trim() ?? "";
        if (text.Contains(':'))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero;
        duration = default;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = Units.FirstOrDefault(u => u.Unit == text[digits..].Trim());
        if (
            unit.Unit is null
            || !double.TryParse(
                text[..digits],
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
            || number > 1_000_000
        )
            return false;
        duration = TimeSpan.FromMilliseconds(number * unit.Milliseconds);
        return true;
    }

    /// <summary>A list such as <c>2s,4s,8s</c>.</summary>
    public static bool TryParseList(string? text, out TimeSpan[] durations)
    {
        var parsed = new List<TimeSpan>();
        durations = [];
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryParse(part, out var duration))
                return false;
            parsed.Add(duration);
        }
        durations = [.. parsed];
        return true;
    }

    public static string Format(TimeSpan duration) =>
        duration switch
        {
            { TotalMilliseconds: < 1000 } => Invariant(duration.TotalMilliseconds, "ms"),
            { TotalSeconds: < 60 } => Invariant(duration.TotalSeconds, "s"),
            { Seconds: 0, Milliseconds: 0 } when duration.TotalMinutes < 60 => Invariant(duration.TotalMinutes, "m"),
            { Minutes: 0, Seconds: 0, Milliseconds: 0 } => Invariant(duration.TotalHours, "h"),
            _ => duration.ToString("c", CultureInfo.InvariantCulture),
        };

    private static string Invariant(double number, string unit) =>
        number.ToString("0.###", CultureInfo.InvariantCulture) + unit;
}
