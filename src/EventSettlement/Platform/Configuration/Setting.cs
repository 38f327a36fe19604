namespace EventSettlement.Platform.Configuration;

/// <summary>
/// One key of the configuration and what it may hold. A key with <c>&lt;name&gt;</c> in it stands once for each
/// downstream or programme.
/// </summary>
/// <param name="Rule">What is right, in words that complete "must be …".</param>
public abstract record Setting(string Key, string Rule, string Example)
{
    /// <summary>The part of a key that is a name of the installation's own.</summary>
    public const string Name = "<name>";

    /// <summary>Never shown, logged or quoted in an error.</summary>
    public bool Secret { get; init; }

    /// <summary>What is wrong with a text that was refused, where more can be said than the rule.</summary>
    public Func<string, string?>? Mistake { get; init; }

    public bool IsNamed => Key.Contains(Name, StringComparison.Ordinal);

    /// <summary>The section of named parts: <c>Downstreams</c> of <c>Downstreams:&lt;name&gt;:Timeout</c>.</summary>
    public string Section => Key[..Key.IndexOf(':', StringComparison.Ordinal)];

    public string Of(string name) => Key.Replace(Name, name, StringComparison.Ordinal);

    /// <returns>Null when the text is not what the rule says.</returns>
    internal abstract object? Read(string text);

    /// <summary>As it would be written, or empty when it is not set and has no default.</summary>
    internal abstract string Show(object? value);
}

/// <summary>A key of one type.</summary>
/// <param name="Default">In force when nothing is set.</param>
/// <param name="Parse">Null or false: not what the rule says.</param>
public sealed record Setting<T>(
    string Key,
    string Rule,
    string Example,
    T Default,
    Setting<T>.Reading Parse,
    Func<T, string> Format
) : Setting(Key, Rule, Example)
{
    public delegate bool Reading(string text, out T value);

    internal override object? Read(string text) => Parse(text, out var value) ? value : null;

    internal override string Show(object? value) =>
        value is T set ? Format(set)
        : Default is null ? ""
        : Format(Default);
}
