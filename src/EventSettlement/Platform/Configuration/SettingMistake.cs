namespace EventSettlement.Platform.Configuration;

/// <summary>One mistake in the configuration, with what would be right.</summary>
public sealed record SettingMistake(string Key, string Rule, string Example)
{
    private const int LongestShown = 100;

    public override string ToString() => $"{Shown(Key)}: {Rule} (example: {Example})";

    /// <summary>On one line of a terminal, whatever was written.</summary>
    internal static string Shown(string text) =>
        string.Concat(
            (text.Length > LongestShown ? text[..LongestShown] + "…" : text).Select(c =>
                char.IsControl(c) || char.IsSurrogate(c) ? '?' : c
            )
        );
}

/// <summary>The configuration is refused; the message lists every mistake.</summary>
public sealed class InvalidSettingsException(IReadOnlyList<SettingMistake> mistakes)
    : Exception("The configuration has mistakes:\n" + string.Join('\n', mistakes.Select(m => "  " + m)))
{
    public IReadOnlyList<SettingMistake> Mistakes { get; } = mistakes;
}
