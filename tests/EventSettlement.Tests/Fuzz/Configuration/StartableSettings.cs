using System.Net.Http.Headers;
using EventSettlement.Platform;
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
            using var database = new Database(settings.ConnectionStrings.Main).Hot;
            _ = new Uri(new Uri(settings.MemberService.BaseUrl), "v1/point-credits/bulk");
            _ = new AuthenticationHeaderValue("Bearer", settings.MemberService.ApiKey);
            var calendar = new RunCalendar(settings.StudyRefund.Cron);
            _ = (calendar.NextDue(Now), calendar.LastDue(Now));
            foreach (var address in settings.Api.Urls.Split(';'))
                if (BindingAddress.Parse(address).PathBase.Length > 0)
                    return $"{address} has a path";
        }
        catch (Exception leaked)
        {
            return $"no server starts with it: {leaked}";
        }

        return settings.EventLog is { Kind: "kafka", Bootstrap: null or "" } ? "kafka without a broker"
            : settings.StudyRefund.CancelQuietPeriod.TotalSeconds <= settings.MemberService.Timeout.TotalSeconds + 150
                ? "a cancel may overtake a call"
            : null;
    }

    private static Settings Alone(string key, string value) =>
        SettingsFile
            .Check(
                new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build(),
                []
            )
            .Settings;

    private static string InForce(Settings settings, string key) =>
        SettingRules.All.Single(r => r.Key == key).Give(settings) ?? "";
}
