using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace EventSettlement.Platform.Configuration;

/// <summary>Where settings stand: appsettings.json, environment (<c>EventSettlement__…</c>), secret files.</summary>
public static class SettingSources
{
    private const string SecretFolderVariable = "EVENTSETTLEMENT_SECRETS";
    private const string DefaultSecretFolder = "/run/secrets/eventsettlement";

    /// <summary>All sources, the later ones first in rank: files, environment, secret files.</summary>
    /// <param name="desk">With what <c>./run</c> has written for the verbs of its clone.</param>
    /// <exception cref="InvalidSettingsException">Naming each source that cannot be read.</exception>
    public static IConfigurationRoot Read(string? folder = null, bool desk = true)
    {
        var secrets = Environment.GetEnvironmentVariable(SecretFolderVariable) is { Length: > 0 } told
            ? told
            : DefaultSecretFolder;
        var mistakes = new List<SettingMistake>();
        var all = new ConfigurationBuilder();
        foreach (var file in Files(folder, desk).Distinct())
            Add(all, file, mistakes, one => one.AddJsonFile(file, optional: true));
        all.AddEnvironmentVariables("EventSettlement__");
        Add(
            all,
            Path.GetFullPath(secrets),
            mistakes,
            one => one.AddKeyPerFile(Path.GetFullPath(secrets), optional: true)
        );
        return mistakes.Count == 0 ? all.Build() : throw new InvalidSettingsException(mistakes);
    }

    /// <summary>
    /// Leaves by key; a list written as <c>Key:0</c>, <c>Key:1</c> becomes one value with commas. What a source says
    /// of a key replaces all that an earlier one said: two lists are never mixed.
    /// </summary>
    /// <param name="canonical">The one spelling of a key that may be written in several ways.</param>
    public static SortedDictionary<string, string> Values(IConfiguration sources, Func<string, string> canonical)
    {
        var values = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (
            var source in sources is IConfigurationRoot root
                ? root.Providers.Select(p => (IConfiguration)new ConfigurationRoot([p]))
                : [sources]
        )
        foreach (var (key, value) in ValuesOfOne(source))
            values[canonical(key)] = value;
        return values;
    }

    private static Dictionary<string, string> ValuesOfOne(IConfiguration source)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        // In the order of lists, where the tenth stands behind the second.
        foreach (var (path, value) in source.AsEnumerable().OrderBy(p => p.Key, ConfigurationKeyComparer.Instance))
        {
            if (value is null)
                continue;
            var colon = path.LastIndexOf(':');
            if (colon > 0 && int.TryParse(path[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                values[path[..colon]] = values.TryGetValue(path[..colon], out var before)
                    ? $"{before},{value.Trim()}"
                    : value.Trim();
            else
                values[path] = value.Trim();
        }

        return values;
    }

    private static IEnumerable<string> Files(string? folder, bool desk) =>
        [
            Path.Combine(AppContext.BaseDirectory, "appsettings.json"),
            // Written by ./run, so that every verb in the clone finds the database of the desk.
            .. desk ? [Path.GetFullPath(Path.Combine(DeskFolder.Path, "appsettings.json"))] : Array.Empty<string>(),
            Path.GetFullPath(Path.Combine(folder ?? ".", "appsettings.json")),
        ];

    private static void Add(
        IConfigurationBuilder all,
        string name,
        List<SettingMistake> mistakes,
        Action<IConfigurationBuilder> source
    )
    {
        var one = new ConfigurationBuilder();
        try
        {
            // Read once by itself, so that each one that is broken is told.
            source(one);
            one.Build();
            source(all);
        }
        catch (Exception wrong)
            when (wrong
                    is InvalidDataException
                        or FormatException
                        or ArgumentException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            mistakes.Add(
                new SettingMistake(
                    name,
                    "cannot be read: " + wrong.GetBaseException().Message,
                    """{"EventLog":{"Kind":"postgres"}}"""
                )
            );
        }
    }
}
