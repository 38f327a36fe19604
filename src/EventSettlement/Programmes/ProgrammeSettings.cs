using EventSettlement.Platform.Configuration;
using Quartz;

namespace EventSettlement.Programmes;

/// <summary>The keys that every programme has.</summary>
public static class ProgrammeSettings
{
    public const string Section = "Programmes";

    public static readonly Setting<string> Cron = SettingKinds.Text(
        "Programmes:<name>:Cron",
        "a Quartz cron expression of 6 or 7 fields, in Asia/Seoul",
        "0 0 3 * * ?",
        CronExpression.IsValidExpression
    );

    public static readonly Setting<TimeSpan[]> RetryDelays = SettingKinds.Spans(
        "Programmes:<name>:RetryDelays",
        "three lengths",
        3,
        3,
        2,
        4,
        8
    );

    public static readonly Setting<string> Downstream = SettingKinds.Text(
        "Programmes:<name>:Downstream",
        "the name of a downstream: lower-case letters, digits and dashes",
        "member",
        value =>
            value.Length is > 0 and <= 40
            && char.IsAsciiLetterLower(value[0])
            && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
    );

    public static IReadOnlyList<Setting> All => [Cron, RetryDelays, Downstream];

    /// <summary>Names of all downstreams: those that programmes pay through, and others that are set up.</summary>
    public static IReadOnlyList<string> Downstreams(Settings settings) =>
        [
            .. settings
                .Names(Section)
                .Select(programme => settings.Get(Downstream, programme, ""))
                .Where(name => name.Length > 0)
                .Union(settings.Names("Downstreams"))
                .Order(StringComparer.Ordinal),
        ];

    public static IEnumerable<SettingMistake> Check(Settings settings, string programme)
    {
        if (settings.Get(Downstream, programme, "").Length == 0)
            yield return new SettingMistake(
                Downstream.Of(programme),
                "is needed: " + Downstream.Rule,
                Downstream.Example
            );
    }

    /// <summary>A programme's own values where nothing is set.</summary>
    public static Settings Defaults(Settings settings, ProgrammeTerms terms)
    {
        settings = settings.With(Cron, terms.Name, terms.Cron);
        return terms.Downstream is { } downstream ? settings.With(Downstream, terms.Name, downstream) : settings;
    }
}
