using Microsoft.Extensions.Configuration;

namespace EventSettlement.Platform;

/// <summary>One mistake in the configuration, with what would be right.</summary>
public sealed record SettingMistake(string Key, string Rule, string Example)
{
    public override string ToString() => $"{SettingsFile.Shown(Key)}: {Rule} (example: {Example})";
}

/// <summary>The configuration is refused; the message lists every mistake.</summary>
public sealed class InvalidSettingsException(IReadOnlyList<SettingMistake> mistakes)
    : Exception("The configuration has mistakes:\n" + string.Join('\n', mistakes.Select(m => "  " + m)))
{
    public IReadOnlyList<SettingMistake> Mistakes { get; } = mistakes;
}

/// <summary>Reads and checks all keys, from whatever <see cref="SettingSources"/> hold.</summary>
public static class SettingsFile
{
    private const int LongestShown = 100;
    private static readonly string[] FreeSections = ["Logging", "AllowedHosts"];

    public static string[] EveryRole { get; } = ["ConnectionStrings:Main", "MemberService:BaseUrl"];

    public static string[] DatabaseOnly { get; } = ["ConnectionStrings:Main"];

    /// <exception cref="InvalidSettingsException">With all mistakes at once.</exception>
    public static Settings Load(params string[] required) =>
        Read(SettingSources.Read(), required.Length > 0 ? required : EveryRole);

    public static Settings Read(IConfiguration sources, IReadOnlyCollection<string> required)
    {
        var (settings, mistakes) = Check(sources, required);
        return mistakes.Count == 0 ? settings : throw new InvalidSettingsException(mistakes);
    }

    public static (Settings Settings, IReadOnlyList<SettingMistake> Mistakes) Check(
        IConfiguration sources,
        IReadOnlyCollection<string> required
    )
    {
        var settings = new Settings();
        var mistakes = new List<SettingMistake>();
        var values = SettingSources.Values(sources);
        foreach (var key in values.Keys.Where(k => !IsKnown(k)).Order(StringComparer.Ordinal))
        {
            var start = key.Length > LongestShown ? key[..LongestShown] : key;
            var nearest = SettingRules.All.MinBy(r => Distance(r.Key.ToUpperInvariant(), start.ToUpperInvariant()))!;
            mistakes.Add(
                new SettingMistake(key, $"unknown key, did you mean {nearest.Key}?", $"{nearest.Key}={nearest.Example}")
            );
        }
        foreach (var rule in SettingRules.All)
        {
            if (!values.TryGetValue(rule.Key, out var value) || value.Length == 0)
            {
                if (required.Contains(rule.Key))
                    mistakes.Add(new SettingMistake(rule.Key, "is needed: " + rule.Rule, rule.Example));
            }
            else if (!rule.Take(settings, value))
            {
                var found = rule.Secret ? "" : $", found '{Shown(value)}'";
                mistakes.Add(new SettingMistake(rule.Key, $"must be {rule.Rule}{found}", rule.Example));
            }
        }
        mistakes.AddRange(AcrossKeys(settings));
        return (settings, mistakes);
    }

    /// <summary>Every key with its value in force; secrets are masked.</summary>
    public static IReadOnlyList<(string Key, string Value)> Show(Settings settings) =>
        [
            .. SettingRules.All.Select(r =>
                (
                    r.Key,
                    r.Give(settings) is not { Length: > 0 } value ? "(not set)"
                    : r.Secret ? "********"
                    : value
                )
            ),
        ];

    /// <summary>On one line of a terminal, whatever was written.</summary>
    internal static string Shown(string text) =>
        string.Concat(
            (text.Length > LongestShown ? text[..LongestShown] + "…" : text).Select(c =>
                char.IsControl(c) || char.IsSurrogate(c) ? '?' : c
            )
        );

    private static IEnumerable<SettingMistake> AcrossKeys(Settings settings)
    {
        if (settings.EventLog is { Kind: "kafka", Bootstrap: null or "" })
            yield return new SettingMistake(
                "EventLog:Bootstrap",
                "is needed when EventLog:Kind is kafka",
                "127.0.0.1:9092"
            );
        // A call that a frozen worker still has in hand must be over before anybody believes that it never happened.
        var margin = SettingRules.ClaimDeadline + SettingRules.LongestFreeze;
        var longest = settings.MemberService.Timeout + margin;
        if (settings.StudyRefund.CancelQuietPeriod <= longest)
            yield return new SettingMistake(
                "StudyRefund:CancelQuietPeriod",
                $"must be longer than MemberService:Timeout + {margin.TotalSeconds} s = {Durations.Format(longest)}",
                "10m"
            );
    }

    private static bool IsKnown(string key) =>
        SettingRules.All.Any(r => string.Equals(r.Key, key, StringComparison.OrdinalIgnoreCase))
        || FreeSections.Any(s => string.Equals(key.Split(':')[0], s, StringComparison.OrdinalIgnoreCase));

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (
                    row[j],
                    Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1))
                );
        }
        return row[b.Length];
    }
}
