using System.Text.Json;
using EventSettlement.Tests.Fuzz.Shared;

namespace EventSettlement.Tests.Fuzz.Configuration;

/// <summary>
/// A random installation's configuration: a file, the environment and secret files, some keys in several of them. It
/// knows which keys end up right, wrong or unknowable.
/// </summary>
internal sealed class WrittenSettings
{
    private static readonly string[] Unknown =
    [
        "Downstreams:member:TimeOuts",
        "Programmes:studie-refund:Cron",
        "EventLog",
        "Nonsense",
        "Programmes:study-refund:Cron:x",
        "Api:Url",
        " ",
        "가:나",
        "A:B:C",
        "ConnectionStrings:Other",
        "EventLog:Kind\n",
        new string('k', 3_000),
    ];

    private readonly Random _random;

    /// <summary>By source, the later one wins: file, environment, secret files.</summary>
    private readonly Dictionary<string, string>[] _sources =
    [
        .. Enumerable.Range(0, 3).Select(_ => new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)),
    ];

    public WrittenSettings(Random random)
    {
        _random = random;
        // Among so many keys chance alone would hardly ever leave all right.
        var careful = random.Next(3) == 0;
        foreach (var (key, secret, right, wrong) in SettingValues.All)
            for (
                var times =
                    random.Next(6) == 0 ? 2
                    : careful ? 1
                    : random.Next(2);
                times > 0;
                times--
            )
                Write(key, secret, right, careful ? [] : wrong);
        if (!careful && random.Next(3) == 0)
            Mistaken.Add(Add(random.Next(1, 3), Strange.Any(random, Unknown), Strange.Text(random)));
    }

    /// <summary>Keys that must be named as mistakes; those of <see cref="Open"/> may be.</summary>
    public HashSet<string> Mistaken { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, string> Right { get; } = new(StringComparer.OrdinalIgnoreCase);

    public HashSet<string> Open { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, string> Secrets { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The variables of the environment; the files stand in the folder.</summary>
    public Dictionary<string, string> Save(string folder)
    {
        var secrets = Path.Combine(folder, "secrets");
        Directory.CreateDirectory(secrets);
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Json());
        foreach (var (key, value) in _sources[2])
            File.WriteAllText(
                Path.Combine(secrets, key.Replace(":", "__")),
                value + (_random.Next(2) == 0 ? "\n" : "")
            );
        return _sources[1].ToDictionary(s => "EventSettlement__" + s.Key.Replace(":", "__"), s => s.Value);
    }

    public override string ToString() =>
        string.Join(
            '\n',
            _sources.Select(
                (source, at) =>
                    $"{(at == 0 ? "file" : at == 1 ? "environment" : "secrets")}: {string.Join("; ", source)}"
            )
        );

    private void Write(string key, bool secret, string[] right, string[] wrong)
    {
        var kind = _random.Next(10);
        var value =
            kind < 6 || wrong.Length == 0 ? Strange.Any(_random, right)
            : kind < 9 ? Strange.Any(_random, wrong)
            : Strange.Text(_random);
        // The environment and a file's name hold no NUL, and the later source wins whatever was written before.
        value = value.Replace("\0", "");
        var place = _random.Next(3);
        var wins = _sources.Skip(place + 1).All(s => !s.ContainsKey(key));
        Add(place, key, value);
        if (!wins)
            return;
        Mistaken.Remove(key);
        Right.Remove(key);
        Open.Remove(key);
        Secrets.Remove(key);
        if (kind < 6 || wrong.Length == 0)
            Right[key] = value;
        else
            (kind < 9 ? Mistaken : Open).Add(key);
        if (secret && value.Contains("hidden"))
            Secrets[key] = value;
    }

    private string Add(int place, string key, string value)
    {
        // A name with a line end or a slash is no name of a variable or file.
        _sources[key.Any(c => !char.IsAsciiLetter(c) && c is not (':' or '-')) || key.Length > 200 ? 0 : place][key] =
            value.Replace("\0", "");
        return key;
    }

    private string Json()
    {
        var sections = new Dictionary<string, object>();
        foreach (var (key, value) in _sources[0])
        {
            var at = sections;
            var steps = key.Split(':');
            foreach (var step in steps[..^1])
                at =
                    at.TryGetValue(step, out var inner) && inner is Dictionary<string, object> section
                        ? section
                        : (Dictionary<string, object>)(at[step] = new Dictionary<string, object>());
            at[steps[^1]] =
                key.EndsWith("Delays", StringComparison.Ordinal) && _random.Next(2) == 0 ? value.Split(',') : value;
        }

        return JsonSerializer.Serialize(sections);
    }
}
