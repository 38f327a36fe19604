using Microsoft.Extensions.Configuration;

namespace EventSettlement.Platform;

/// <summary>One mistake in the configuration, with what would be right.</summary>
public sealed record SettingMistake(string Key, string Rule, string Example)
{
    public override string ToString() => $"{Key}: {Rule} (example: {Example})";
}

/// <summary>The configuration is refused; the message lists every mistake.</summary>
public sealed class InvalidSettingsException(IReadOnlyList<SettingMistake> mistakes)
    : Exception("The configuration has mistakes:\n" + string.Join('\n', mistakes.Select(m => "  " + m)))
{
    public IReadOnlyList<SettingMistake> Mistakes { get; } = mistakes;
}

/// <summary>Reads appsettings.json, the environment (<c>EventSettlement__…</c>) and a folder of secret files.</summary>
public static class SettingsFile
{
    private const string SecretFolderVariable = "EVENTSETTLEMENT_SECRETS";
    private const string DefaultSecretFolder = "/run/secrets/eventsettlement";
    private static readonly string[] FreeSections = ["Logging", "AllowedHosts"];

    public static string[] EveryRole { get; } = ["ConnectionStrings:Main", "MemberService:BaseUrl"];

    public static string[] DatabaseOnly { get; } = ["ConnectionStrings:Main"];

    /// <summary>All sources, the later ones first in rank: file, environment, secret files.</summary>
    public static IConfigurationRoot Sources(string? folder = null)
    {
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            // Written by ./run, so that every verb in the clone finds the database of the desk.
            .AddJsonFile(Path.GetFullPath(Path.Combine(Dev.DevOptions.DefaultFolder, "appsettings.json")),
                optional: true)
            .AddJsonFile(Path.GetFullPath(Path.Combine(folder ?? ".", "appsettings.json")), optional: true)
            .AddEnvironmentVariables("EventSettlement__");
        var secrets = Environment.GetEnvironmentVariable(SecretFolderVariable) ?? DefaultSecretFolder;
        return builder.AddKeyPerFile(Path.GetFullPath(secrets), optional: true).Build();
    }

    /// <exception cref="InvalidSettingsException">With all mistakes at once.</exception>
    public static Settings Load(params string[] required) =>
        Read(Sources(), required.Length > 0 ? required : EveryRole);

    public static Settings Read(IConfiguration sources, IReadOnlyCollection<string> required)
    {
        var (settings, mistakes) = Check(sources, required);
        return mistakes.Count == 0 ? settings : throw new InvalidSettingsException(mistakes);
    }

    public static (Settings Settings, IReadOnlyList<SettingMistake> Mistakes) Check(
        IConfiguration sources, IReadOnlyCollection<string> required)
    {
        var settings = new Settings();
        var mistakes = new List<SettingMistake>();
        var values = Flatten(sources);
        foreach (var key in values.Keys.Where(k => !IsKnown(k)).Order(StringComparer.Ordinal))
        {
            var nearest = SettingRules.All.MinBy(r => Distance(r.Key.ToUpperInvariant(), key.ToUpperInvariant()))!;
            mistakes.Add(new SettingMistake(key, $"unknown key, did you mean {nearest.Key}?",
                $"{nearest.Key}={nearest.Example}"));
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
                var found = rule.Secret ? "" : $", found '{value}'";
                mistakes.Add(new SettingMistake(rule.Key, $"must be {rule.Rule}{found}", rule.Example));
            }
        }
        mistakes.AddRange(AcrossKeys(settings));
        return (settings, mistakes);
    }

    /// <summary>Every key with its value in force; secrets are masked.</summary>
    public static IReadOnlyList<(string Key, string Value)> Show(Settings settings) =>
        [.. SettingRules.All.Select(r => (r.Key, r.Give(settings) is not { Length: > 0 } value ? "(not set)"
            : r.Secret ? "********" : value))];

    private static IEnumerable<SettingMistake> AcrossKeys(Settings settings)
    {
        if (settings.EventLog is { Kind: "kafka", Bootstrap: null or "" })
            yield return new SettingMistake("EventLog:Bootstrap", "is needed when EventLog:Kind is kafka",
                "127.0.0.1:9092");
        // A call that a frozen worker still has in hand must be over before anybody believes that it never happened.
        var margin = SettingRules.ClaimDeadline + SettingRules.LongestFreeze;
        var longest = settings.MemberService.Timeout + margin;
        if (settings.StudyRefund.CancelQuietPeriod <= longest)
            yield return new SettingMistake("StudyRefund:CancelQuietPeriod",
                $"must be longer than MemberService:Timeout + {margin.TotalSeconds} s = {Durations.Format(longest)}",
                "10m");
    }

    /// <summary>Leaves by key; a list written as <c>Key:0</c>, <c>Key:1</c> becomes one value with commas.</summary>
    private static SortedDictionary<string, string> Flatten(IConfiguration sources)
    {
        var values = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, value) in sources.AsEnumerable().OrderBy(p => p.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (value is null)
                continue;
            var colon = path.LastIndexOf(':');
            if (colon > 0 && int.TryParse(path[(colon + 1)..], out _))
                values[path[..colon]] = values.TryGetValue(path[..colon], out var before) ? $"{before},{value.Trim()}"
                    : value.Trim();
            else
                values[path] = value.Trim();
        }
        return values;
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
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1,
                    diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[b.Length];
    }
}
