using System.Text.RegularExpressions;
using EventSettlement.IntegrationTests.Cli;

namespace EventSettlement.IntegrationTests.Dashboard;

[Collection(ConsoleTests.Name)]
public sealed partial class OverviewTests(SettledInstallation installation) : IClassFixture<SettledInstallation>
{
    [Fact]
    public async Task The_page_leads_with_what_needs_a_person()
    {
        var page = await Page();
        Assert.Matches(
            "(?s)<h2>[23] things need you</h2>.*settlements of run 1 .study-refund. failed.*1 parked.*"
                + "Items that failed, by cause.*told.*Settlements by state.*COMPLETED.*1[12][0-9].*Last runs",
            page
        );
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_shown_follows_without_a_reload()
    {
        using var client = installation.Client();
        await using var stream = await client.GetStreamAsync("/live");
        using var reader = new StreamReader(stream);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Contains("COMPLETED", await LiveEvents.Next(reader, "view", limit.Token), StringComparison.Ordinal);
        Assert.Matches("^[0-9:]{8}$", await LiveEvents.Next(reader, "beat", limit.Token));
        await installation.Take(SettledInstallation.Fact("S-<b>&", "M-1", "M-2"));
        Assert.Equal((0, ""), await installation.Ended("run start study-refund --date 2026-11-21 --watch"));
        string seen;
        do seen = await LiveEvents.Next(reader, "view", limit.Token);
        while (!Spaces().Replace(Plain().Replace(seen, " "), " ").Contains(" all paid 120 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_study_with_markup_in_its_name_is_shown_as_text()
    {
        installation.Rejected.Add("SPOILT");
        await installation.Take(SettledInstallation.Fact("<script>alert(1)</script>", "SPOILT"));
        Assert.Equal((0, ""), await installation.Ended("run start study-refund --date 2026-11-21 --watch"));
        await SettledInstallation.Until(async () =>
            (await Page()).Contains("&lt;script&gt;alert(1)&lt;/script&gt;", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("<script>alert(1)", await Page(), StringComparison.Ordinal);
    }

    private async Task<string> Page()
    {
        using var client = installation.Client();
        return await client.GetStringAsync("/");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Plain();
}
