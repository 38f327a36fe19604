using System.Net;
using System.Text.RegularExpressions;
using EventSettlement.IntegrationTests.CreatorRevenue;
using EventSettlement.IntegrationTests.Dashboard;

namespace EventSettlement.IntegrationTests.Views;

/// <summary>The page of statistics as a person sees it.</summary>
public sealed partial class StatisticsPageTests
{
    private const string Now = "2026-11-21T12:00:00+09:00";

    [Fact]
    public async Task Without_views_the_page_tells_how_to_send_some()
    {
        await using var world = await CreatorWorld.Start(Now);
        var (status, page) = await world.Page("/statistics");
        Assert.Equal(200, status);
        Assert.Contains("No view has been counted yet", page, StringComparison.Ordinal);
        Assert.Contains("settle views load views.jsonl", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Views_are_shown_as_they_were_counted()
    {
        await using var world = await CreatorWorld.Start(Now);
        await world.Watch("C-1", "2026-11-20", 1200);
        await world.Watch("C-1", "2026-11-20", 300, "A-7");
        await world.Watch("C-2", "2026-11-20", 20);
        await world.Watch("C-2", "2026-11-19", 480, "A-8");

        var page = PageText.Of((await world.Page("/statistics")).Html);
        Assert.Matches("views 2,000 with an ad 780 hours watched 33 from 2026-08-24 to 2026-11-21", page);
        Assert.Matches("2026-11-20 1,520 300 19.7 % 91,200 2026-11-19 480 480 100.0 % 28,800 2026-11-18 0 ", page);
        Assert.Matches("contents by day, 2026-11-20 to 2026-11-20 .*1 C-1 2026-11-20 1,500 300 90,000", page);
        Assert.Matches("39.0 % of the views of all contents were with an ad: 780 of 2,000", page);
        Assert.Matches("received 2,000 counted 2,000 of these late 2,000 duplicates 0 incomplete 0", page);
        var most = decimal.Parse(Regex.Match(page, @"busiest partition received ([0-9.]+) ×").Groups[1].Value);
        Assert.InRange(most, 1, 100);

        var month = PageText.Of((await world.Page("/statistics?period=month&from=2026-11-01&by=ad&top=1")).Html);
        Assert.Matches("ads by month, 2026-11-01 to 2026-11-30 .*1 A-8 2026-11-01 480 480 28,800 Added up", month);
        Assert.DoesNotContain("A-7", month, StringComparison.Ordinal);
        var one = PageText.Of((await world.Page("/statistics?id=C-2&from=2026-11-19&to=2026-11-19")).Html);
        Assert.Matches("Views of content C-2 by day .*views 480 with an ad 480 .*from 2026-11-19 to 2026-11-19", one);
    }

    [Fact]
    public async Task The_link_under_a_table_gives_its_rows_as_csv()
    {
        await using var world = await CreatorWorld.Start(Now);
        await world.Watch("C 1&2", "2026-11-20", 3);
        await world.Watch("C-2", "2026-11-20", 2);
        var (_, page) = await world.Page("/statistics?top=1");
        var links = CsvLink().Matches(page).Select(link => WebUtility.HtmlDecode(link.Groups[1].Value)).ToList();
        var head = "by,id,period,start,views,watched_seconds,ad_views\n";
        Assert.Equal(
            head + "content,C 1&2,day,2026-11-20,3,180,0\ncontent,C-2,day,2026-11-20,2,120,0\n",
            (await world.Text(links[0])).ReplaceLineEndings("\n")
        );
        Assert.Equal(
            head + "content,C 1&2,day,2026-11-20,3,180,0\n",
            (await world.Text(links[1])).ReplaceLineEndings("\n")
        );
    }

    [Fact]
    public async Task An_id_with_markup_is_shown_as_text_and_leads_to_its_own_views()
    {
        const string markup = "<script>alert(1)</script>'\"&</title>";
        await using var world = await CreatorWorld.Start(Now);
        await world.Watch(markup, "2026-11-20", 7);
        var (_, page) = await world.Page("/statistics");
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains(markup, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        var link = Regex.Match(page, "<a href=\"(/statistics\\?[^\"]*id=[^\"]*)\"").Groups[1].Value;
        var (_, own) = await world.Page(WebUtility.HtmlDecode(link));
        Assert.DoesNotContain("<script>alert", own, StringComparison.Ordinal);
        Assert.Matches("Views of content <script>alert.1.</script>'\"&</title> by day", PageText.Of(own));
        Assert.Matches("views 7 with an ad 0", PageText.Of(own));
    }

    [Theory]
    [InlineData("by=nobody", "by: is content, ad or creator")]
    [InlineData("from=2026-13-01", "from: is a date such as 2026-11-20")]
    [InlineData("from=2020-01-01", "from: is at most 750 days before to")]
    [InlineData("from=2026-11-20&to=2026-11-19", "to: no day begins in from … to: take a later one")]
    [InlineData("top=1000", "top: is 1 to 200")]
    [InlineData("to=9999-12-31&period=year", "to: is a date from 1000-01-01 to 9000-01-01")]
    public async Task What_cannot_be_shown_is_a_page_that_says_why(string query, string why)
    {
        await using var world = await CreatorWorld.Start(Now, "api");
        var (status, page) = await world.Page("/statistics?" + query);
        Assert.Equal(400, status);
        Assert.Contains(why, PageText.Of(page), StringComparison.Ordinal);
        Assert.Contains("What to do: ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_views_are_shown_without_a_reload()
    {
        await using var world = await CreatorWorld.Start(Now);
        await using var stream = await world.Stream("/statistics/live?period=day");
        using var reader = new StreamReader(stream);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Contains("No view has been counted", await LiveEvents.Next(reader, "view", limit.Token));
        await world.Watch("C-1", "2026-11-20", 5);
        string seen;
        do seen = PageText.Of(await LiveEvents.Next(reader, "view", limit.Token));
        while (!seen.Contains("views 5 with an ad 0", StringComparison.Ordinal));
    }

    [GeneratedRegex("href=\"(/v1/view-statistics/export[^\"]*)\"")]
    private static partial Regex CsvLink();
}
