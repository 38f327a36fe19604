using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using EventSettlement.Api;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
using EventSettlement.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace EventSettlement.Tests.Fuzz.Configuration;

/// <summary>Settings that were found right, put to the uses that a server has for them.</summary>
internal static class StartableSettings
{
    private static readonly DateTime Now = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);

    /// <returns>What is wrong, or null.</returns>
    public static string? Judge(Dictionary<string, string> right, Settings settings)
    {
        foreach (var (key, value) in right)
            if (InForce(settings, key) is var shown && shown != InForce(Alone(key, value), key))
                return $"{key} is {shown} and was written {value}";
        try
        {
            using var database = new Database(settings.Get(PlatformSettings.Main)).Hot;
            _ = new Uri(new Uri(settings.Get(PayoutSettings.BaseUrl, "member")), "v1/point-credits/bulk");
            _ = new AuthenticationHeaderValue(
                "Bearer",
                settings.Get(PayoutSettings.ApiKey, "member") is { Length: > 0 } key ? key : null
            );
            var calendar = new RunCalendar(settings.Get(ProgrammeSettings.Cron, "study-refund"));
            _ = (calendar.NextDue(Now), calendar.LastDue(Now));
            foreach (var address in settings.Get(ApiSettings.Urls).Split(';'))
                if (BindingAddress.Parse(address).PathBase.Length > 0)
                    return $"{address} has a path";
        }
        catch (Exception leaked)
        {
            return $"no server starts with it: {leaked}";
        }

        return settings.Get(PlatformSettings.LogKind) == "kafka" && settings.Get(PlatformSettings.Bootstrap).Length == 0
                ? "kafka without a broker"
            : settings.Get(PayoutSettings.CancelQuietPeriod).TotalSeconds
            <= settings.Get(PayoutSettings.Timeout, "member").TotalSeconds + 150
                ? "a cancel may overtake a call"
            : null;
    }

    private static Settings Alone(string key, string value) =>
        Server
            .Catalogue.Check(
                new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build()
            )
            .Settings;

    private static string InForce(Settings settings, string key)
    {
        var setting = Server.Catalogue.Keys.Single(k => k.IsNamed ? Pattern(k).IsMatch(key) : k.Key == key);
        return setting.Show(settings.Find(key));
    }

    private static Regex Pattern(Setting setting) => new("^" + setting.Of("[^:]+") + "$");
}
