using Microsoft.Extensions.Configuration;

namespace EventSettlement.Platform.Configuration;

/// <summary>Every key there is, with the rules over several of them; anything else is a mistake.</summary>
/// <param name="Keys">Of all slices.</param>
/// <param name="Checks">Rules over several keys, and keys that a server needs.</param>
/// <param name="Names">By section the names that there are; a section that does not stand here takes any name.</param>
/// <param name="Defaults">What is in force where nothing is set and the key's own default is not meant.</param>
public sealed record SettingCatalogue(
    IReadOnlyList<Setting> Keys,
    IReadOnlyList<Func<Settings, IEnumerable<SettingMistake>>> Checks,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Names,
    Settings Defaults
)
{
    private const int LongestKey = 100;
    private static readonly string[] FreeSections = ["Logging", "AllowedHosts"];

    /// <summary>For whoever needs no more than the keys that are told, such as the database's address.</summary>
    /// <exception cref="InvalidSettingsException">With all mistakes at once.</exception>
    public Settings Load(params Setting[] needed)
    {
        var (settings, mistakes) = Read(SettingSources.Read());
        return Demand(settings, [.. mistakes, .. Missing(settings, needed)]);
    }

    /// <summary>For a server, which needs all that the checks ask for.</summary>
    /// <exception cref="InvalidSettingsException">With all mistakes at once.</exception>
    public Settings LoadServer()
    {
        var (settings, mistakes) = Check(SettingSources.Read());
        return Demand(settings, mistakes);
    }

    /// <summary>What is set, and every mistake that a server would be refused for.</summary>
    public (Settings Settings, IReadOnlyList<SettingMistake> Mistakes) Check(IConfiguration sources)
    {
        var (settings, mistakes) = Read(sources);
        // What is written wrongly is not missing besides.
        var wrong = mistakes.Select(mistake => mistake.Key).ToHashSet();
        return (
            settings,
            [.. mistakes, .. Checks.SelectMany(check => check(settings)).Where(mistake => !wrong.Contains(mistake.Key))]
        );
    }

    /// <summary>Every key with its value in force; secrets are masked.</summary>
    public IReadOnlyList<(string Key, string Value)> Show(Settings settings) =>
        [
            .. Keys.SelectMany(key => Spelled(key, settings), (key, spelled) => (key, spelled))
                .Select(k => (k.spelled, Shown(k.key.Secret, k.key.Show(settings.Find(k.spelled))))),
        ];

    /// <summary>A mistake for each key that is not set.</summary>
    public static IEnumerable<SettingMistake> Missing(Settings settings, params IEnumerable<Setting> needed) =>
        needed
            .Where(key => settings.Find(key.Key) is null)
            .Select(key => new SettingMistake(key.Key, "is needed: " + key.Rule, key.Example));

    private (Settings Settings, List<SettingMistake> Mistakes) Read(IConfiguration sources)
    {
        var settings = Defaults;
        var mistakes = new List<SettingMistake>();
        foreach (var (written, text) in SettingSources.Values(sources, Canonical))
        {
            if (FreeSections.Contains(written.Split(':')[0], StringComparer.OrdinalIgnoreCase))
                continue;
            if (Find(written) is not var (setting, key))
                mistakes.Add(Unknown(written));
            else if (UnknownName(setting, key) is { } mistake)
                mistakes.Add(mistake);
            else if (text.Length == 0)
                continue;
            else if (setting.Read(text) is { } value)
                settings = settings.With(key, value);
            else
                mistakes.Add(Wrong(setting, key, text));
        }

        return (settings, mistakes);
    }

    private string Canonical(string written)
    {
        // Another spelling of the first downstream there was.
        const string member = "MemberService:";
        if (written.StartsWith(member, StringComparison.OrdinalIgnoreCase))
            written = "Downstreams:member:" + written[member.Length..];
        return Find(written)?.Key ?? written;
    }

    /// <summary>The setting that a written key is, and its key as it is kept.</summary>
    private (Setting Setting, string Key)? Find(string written)
    {
        var path = written.Split(':');
        foreach (var setting in Keys)
        {
            var parts = setting.Key.Split(':');
            if (parts.Length != path.Length)
                continue;
            var name = "";
            var same = true;
            for (var i = 0; same && i < parts.Length; i++)
                if (parts[i] == Setting.Name)
                    same = IsName(name = Named(path[i]));
                else
                    same = string.Equals(parts[i], path[i], StringComparison.OrdinalIgnoreCase);
            if (same)
                return (setting, setting.Of(name));
        }

        return null;
    }

    // No shell carries a dash in the name of a variable, so an underscore stands for it there.
    private static string Named(string part) => part.ToLowerInvariant().Replace('_', '-');

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 40
        && char.IsAsciiLetterLower(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private SettingMistake? UnknownName(Setting setting, string key)
    {
        if (!setting.IsNamed || !Names.TryGetValue(setting.Section, out var names))
            return null;
        var name = key.Split(':')[1];
        if (names.Contains(name))
            return null;
        var nearest = Nearest(name, names);
        return new SettingMistake(
            key,
            $"there is no {name} in {setting.Section}, did you mean {nearest}?",
            $"{setting.Of(nearest)}={setting.Example}"
        );
    }

    private SettingMistake Unknown(string written)
    {
        var start = written.Length > LongestKey ? written[..LongestKey] : written;
        var path = start.Split(':');
        // A named key is told with the name that was written.
        var spelled = Keys.SelectMany(
                key =>
                    key.IsNamed && path.Length > 2 && path[0] == key.Section
                        ? [key.Of(path[1])]
                        : Spelled(key, Defaults),
                (key, spelling) => (Setting: key, Spelling: spelling)
            )
            .ToList();
        var nearest = Nearest(start, [.. spelled.Select(s => s.Spelling)]);
        var (setting, _) = spelled.First(s => s.Spelling == nearest);
        return new SettingMistake(written, $"unknown key, did you mean {nearest}?", $"{nearest}={setting.Example}");
    }

    private static SettingMistake Wrong(Setting setting, string key, string text)
    {
        var found = setting.Secret ? "" : $", found '{SettingMistake.Shown(text)}'";
        var mistake = setting.Mistake?.Invoke(text) is { } told ? $"; {SettingMistake.Shown(told)}" : "";
        return new SettingMistake(key, $"must be {setting.Rule}{found}{mistake}", setting.Example);
    }

    /// <summary>A named key once for each name that is known or set.</summary>
    private IEnumerable<string> Spelled(Setting setting, Settings settings)
    {
        if (!setting.IsNamed)
            return [setting.Key];
        var names = settings.Names(setting.Section);
        if (Names.TryGetValue(setting.Section, out var known))
            names = [.. known.Union(names)];
        return names.Count == 0 ? [setting.Key] : names.Select(setting.Of);
    }

    private static string Shown(bool secret, string value) =>
        value.Length == 0 ? "(not set)"
        : secret ? "********"
        : value;

    private static Settings Demand(Settings settings, IReadOnlyList<SettingMistake> mistakes) =>
        mistakes.Count == 0 ? settings : throw new InvalidSettingsException(mistakes);

    private static string Nearest(string written, IReadOnlyList<string> known) =>
        known.MinBy(k => Distance(k.ToUpperInvariant(), written.ToUpperInvariant()))!;

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
