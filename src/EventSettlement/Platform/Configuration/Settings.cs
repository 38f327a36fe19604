namespace EventSettlement.Platform.Configuration;

/// <summary>
/// The configuration of one process: what was set, by key. Each slice knows its own keys and their defaults; all keys
/// and rules stand in docs/operations/configuration.md.
/// </summary>
public sealed class Settings
{
    private readonly Dictionary<string, object> _values;

    public Settings()
        : this(new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase)) { }

    private Settings(Dictionary<string, object> values) => _values = values;

    public T Get<T>(Setting<T> setting) => Find(setting.Key, setting.Default);

    /// <summary>Of one downstream or programme.</summary>
    public T Get<T>(Setting<T> setting, string name) => Find(setting.Of(name), setting.Default);

    /// <param name="fallback">In force when nothing is set, instead of the key's own default.</param>
    public T Get<T>(Setting<T> setting, string name, T fallback) => Find(setting.Of(name), fallback);

    /// <summary>Names that keys of a section are set for, in ordinal order.</summary>
    public IReadOnlyList<string> Names(string section) =>
        [
            .. _values
                .Keys.Select(key => key.Split(':'))
                .Where(path => path.Length > 2 && string.Equals(path[0], section, StringComparison.OrdinalIgnoreCase))
                .Select(path => path[1])
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A copy in which the key is set so.</summary>
    public Settings With<T>(Setting<T> setting, T value) => With(setting.Key, value);

    /// <summary>A copy in which the key of one downstream or programme is set so.</summary>
    public Settings With<T>(Setting<T> setting, string name, T value) => With(setting.Of(name), value);

    internal Settings With(string key, object? value)
    {
        var values = new Dictionary<string, object>(_values, StringComparer.OrdinalIgnoreCase);
        if (value is null)
            values.Remove(key);
        else
            values[key] = value;
        return new Settings(values);
    }

    internal object? Find(string key) => _values.GetValueOrDefault(key);

    private T Find<T>(string key, T fallback) => _values.TryGetValue(key, out var value) ? (T)value : fallback;
}
