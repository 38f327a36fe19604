using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;

namespace EventSettlement.Payouts;

/// <summary>The keys of downstreams, and of the bounds in time that safety rests on.</summary>
public static class PayoutSettings
{
    /// <summary>The longest freeze of a process that GUARANTEES promises to survive without paying twice.</summary>
    public static readonly TimeSpan LongestFreeze = TimeSpan.FromSeconds(90);

    /// <summary>A claim older than this is not sent.</summary>
    public static readonly TimeSpan ClaimDeadline = TimeSpan.FromSeconds(60);

    public static readonly Setting<string> BaseUrl = SettingKinds.Http(
        "Downstreams:<name>:BaseUrl",
        "",
        "http://127.0.0.1:9700"
    );

    public static readonly Setting<string> ApiKey = SettingKinds.Text(
        "Downstreams:<name>:ApiKey",
        "ASCII text without blanks",
        "key-7f3a",
        value => value.All(c => c is > ' ' and < '\u007f')
    ) with
    {
        Secret = true,
    };

    public static readonly Setting<TimeSpan> Timeout = SettingKinds.Span(
        "Downstreams:<name>:Timeout",
        TimeSpan.FromMilliseconds(100),
        TimeSpan.FromMinutes(2),
        TimeSpan.FromSeconds(30)
    );

    public static readonly Setting<int> MaxItems = SettingKinds.Number("Downstreams:<name>:MaxItems", 1, 500, 500);

    public static readonly Setting<int> MaxInFlight = SettingKinds.Number("Downstreams:<name>:MaxInFlight", 1, 64, 4);

    public static readonly Setting<TimeSpan> CancelQuietPeriod = SettingKinds.Span(
        "Payouts:CancelQuietPeriod",
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(24),
        TimeSpan.FromMinutes(10)
    );

    /// <summary>Waits between questions about an item in doubt, after its settlement failed.</summary>
    public static readonly Setting<TimeSpan[]> DoubtDelays = SettingKinds.Spans(
        "Payouts:DoubtDelays",
        "one to twenty lengths",
        1,
        20,
        1,
        2,
        4,
        8,
        16,
        32,
        60
    );

    public static IReadOnlyList<Setting> All =>
        [BaseUrl, ApiKey, Timeout, MaxItems, MaxInFlight, CancelQuietPeriod, DoubtDelays];

    public static IEnumerable<SettingMistake> Check(Settings settings)
    {
        // A call that a frozen worker still has in hand must be over before anybody believes that it never happened.
        var margin = ClaimDeadline + LongestFreeze;
        foreach (var name in ProgrammeSettings.Downstreams(settings))
        {
            if (settings.Get(BaseUrl, name).Length == 0)
                yield return new SettingMistake(BaseUrl.Of(name), "is needed: " + BaseUrl.Rule, BaseUrl.Example);
            var longest = settings.Get(Timeout, name) + margin;
            if (settings.Get(CancelQuietPeriod) <= longest)
                yield return new SettingMistake(
                    CancelQuietPeriod.Key,
                    $"must be longer than {Timeout.Of(name)} + {margin.TotalSeconds} s = {Durations.Format(longest)}, "
                        + "or a late call could pay what was cancelled",
                    "10m"
                );
        }
    }
}
