using EventSettlement.Platform.Configuration;

namespace EventSettlement.Views;

/// <summary>The keys of views.</summary>
internal static class ViewSettings
{
    /// <summary>Views watched longer ago are parked; known views are kept 8 days longer.</summary>
    public static readonly Setting<TimeSpan> Window = SettingKinds.Span(
        "Views:Window",
        TimeSpan.FromDays(1),
        TimeSpan.FromDays(120),
        TimeSpan.FromDays(35)
    );

    public static readonly Setting<TimeSpan> LateAfter = SettingKinds.Span(
        "Views:LateAfter",
        TimeSpan.FromMinutes(1),
        TimeSpan.FromDays(120),
        TimeSpan.FromHours(1)
    );

    /// <summary>Counted from arrival; 0 = none are kept.</summary>
    public static readonly Setting<TimeSpan> KeepRaw = SettingKinds.Span(
        "Views:KeepRaw",
        TimeSpan.Zero,
        TimeSpan.FromDays(1000),
        TimeSpan.FromDays(70)
    );

    public static IReadOnlyList<Setting> All => [Window, LateAfter, KeepRaw];
}

/// <summary>By what rules views are judged.</summary>
public sealed record ViewRules(TimeSpan Window, TimeSpan LateAfter, TimeSpan KeepRaw)
{
    /// <summary>Days for which a view is known, after the day of the later of viewedAt and arrival.</summary>
    public int KnownDays => (int)Math.Ceiling(Window.TotalDays) + 8;
}
