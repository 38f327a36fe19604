using System.Globalization;

namespace EventSettlement.Platform.Configuration;

/// <summary>The kinds of values that keys hold.</summary>
public static class SettingKinds
{
    public static Setting<string> Text(
        string key,
        string rule,
        string example,
        Func<string, bool> holds,
        string fallback = ""
    ) => new(key, rule, example, fallback, (string text, out string value) => holds(value = text), value => value);

    public static Setting<string> OneOf(string key, params string[] values) =>
        Text(key, string.Join(" or ", values), values[0], values.Contains, values[0]);

    public static Setting<string> Http(string key, string what, string example) =>
        Text(key, "an absolute http or https address" + what, example, IsHttp);

    public static Setting<int> Number(string key, int least, int most, int fallback) =>
        new(
            key,
            string.Create(CultureInfo.InvariantCulture, $"a whole number, {least} to {most}"),
            fallback.ToString(CultureInfo.InvariantCulture),
            fallback,
            (string text, out int value) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
                && value >= least
                && value <= most,
            value => value.ToString(CultureInfo.InvariantCulture)
        );

    public static Setting<TimeSpan> Span(string key, TimeSpan least, TimeSpan most, TimeSpan fallback) =>
        new(
            key,
            $"{Durations.Format(least)} to {Durations.Format(most)}",
            Durations.Format(fallback),
            fallback,
            (string text, out TimeSpan value) => Durations.TryParse(text, out value) && value >= least && value <= most,
            Durations.Format
        );

    /// <summary>Several lengths of time, each 10 ms to 24 h.</summary>
    public static Setting<TimeSpan[]> Spans(string key, string howMany, int least, int most, params int[] minutes)
    {
        TimeSpan[] fallback = [.. minutes.Select(m => TimeSpan.FromMinutes(m))];
        return new(
            key,
            $"{howMany} of time, each 10ms to 24h",
            Format(fallback),
            fallback,
            (string text, out TimeSpan[] value) =>
                Durations.TryParseList(text, out value)
                && value.Length >= least
                && value.Length <= most
                && value.All(d => d >= TimeSpan.FromMilliseconds(10) && d <= TimeSpan.FromHours(24)),
            Format
        );
    }

    internal static bool IsHttp(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0;

    internal static bool IsListenAddress(string value)
    {
        var spelled = value
            .Replace("://*", "://any", StringComparison.Ordinal)
            .Replace("://+", "://any", StringComparison.Ordinal);
        return IsHttp(spelled) && new Uri(spelled) is { PathAndQuery: "/", Fragment: "" };
    }

    internal static bool IsHostAndPort(string value)
    {
        var colon = value.LastIndexOf(':');
        return colon > 0
            && ushort.TryParse(value[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    private static string Format(TimeSpan[] spans) => string.Join(',', spans.Select(Durations.Format));
}
