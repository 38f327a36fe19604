using System.Net;
using System.Text.RegularExpressions;
using EventSettlement.IntegrationTests.Dashboard;

namespace EventSettlement.IntegrationTests.CreatorRevenue;

/// <summary>The pages of creators as a person sees them.</summary>
public sealed partial class CreatorPageTests
{
    private const string Early = "2026-01-01T00:00:00+09:00";

    [Fact]
    public async Task Before_the_first_month_is_settled_the_page_tells_what_is_needed()
    {
        await using var world = await CreatorWorld.Start("2026-12-02T12:00:00+09:00", "api");
        var (status, page) = await world.Page("/creators");
        Assert.Equal(200, status);
        Assert.Contains("No month has been settled yet", page, StringComparison.Ordinal);
        Assert.Contains("settle policy put creator-revenue POLICY.json", page, StringComparison.Ordinal);
        Assert.Contains(
            "Nobody was settled for 2026-11",
            PageText.Of((await world.Page("/creators?month=2026-11")).Html)
        );
        var (wrong, why) = await world.Page("/creators?month=november");
        Assert.Equal(400, wrong);
        Assert.Contains("month: is a month such as 2026-11", why, StringComparison.Ordinal);
        var (missing, next) = await world.Page("/creators/CR-1/2026-11");
        Assert.Equal(404, missing);
        Assert.Contains("CR-1 was not settled for 2026-11", next, StringComparison.Ordinal);
        Assert.Contains("settle run preview creator-revenue", next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_settled_month_is_listed_and_each_of_it_explained()
    {
        const string odd = "CR/<b>&2%";
        await using var world = await CreatorWorld.Start("2026-12-02T12:00:00+09:00");
        await world.Put("2026-11-01", 1_000_000, 5_000);
        await world.Owns("C-1", "CR-1", Early);
        await world.Owns("<script>alert(1)</script>", odd, Early);
        await world.Watch("C-1", "2026-11-20", 1234, "A-1");
        await world.Watch("<script>alert(1)</script>", "2026-11-20", 4);
        await world.Until("SELECT count(*) FROM content_owner", 2);
        await world.Settle("2026-12-02");
        await world.Until("SELECT count(*) FROM settlement WHERE state = 'COMPLETED'", 2);

        var list = (await world.Page("/creators")).Html;
        var shown = PageText.Of(list);
        Assert.Contains("Creators, 2026-11", shown, StringComparison.Ordinal);
        Assert.Matches(
            "creators 2 views 1,238 with an ad 1,234 earned, won 1,238,000 corrections 0 carried in 0 withheld 0 "
                + "payable 1,234,000 carried out 4,000",
            shown
        );
        Assert.Matches("CR-1 1,234 1,234 1,234,000 0 0 0 1,234,000 0 COMPLETED [0-9a-f-]{36}", shown);
        Assert.Contains("CR/<b>&2% 4 0 4,000 0 0 0 0 4,000 COMPLETED", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("CR/<b>", list, StringComparison.Ordinal);

        var links = MonthLink().Matches(list).Select(link => WebUtility.HtmlDecode(link.Groups[1].Value)).ToList();
        var paid = PageText.Of((await world.Page(links[0])).Html);
        Assert.Matches("CR-1, 2026-11 state COMPLETED .*payable 1,234,000 paid 1,234,000 carried out 0", paid);
        Assert.Contains(
            "1,234 views × 1,000 + 1,234 ad views × 0 = 1,234,000 won × 100 % = 1,234,000 by the policy of 2026-11",
            paid,
            StringComparison.Ordinal
        );
        Assert.Matches("C-1: 1,234 views × 1,000 .*policy of 2026-11-01 1,234,000", paid);
        Assert.Matches("PAID .*paid as [^ ]+ on 2026-12-02 ", paid);
        var carried = (await world.Page(links[1])).Html;
        Assert.DoesNotContain("<script>", carried, StringComparison.Ordinal);
        Assert.Contains("<script>alert(1)</script>: 4 views", PageText.Of(carried), StringComparison.Ordinal);
        Assert.Contains("less than the least payout of 5,000: 4,000 carried over", PageText.Of(carried));
        var alone = PageText.Of((await world.Page("/creators?creator=CR-1")).Html);
        Assert.DoesNotContain("&2%", alone, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_month_is_turned_over_in_pages()
    {
        await using var world = await CreatorWorld.Start("2026-12-02T12:00:00+09:00", "api");
        await world.Do(
            """
            INSERT INTO creator_month (creator_id, month, run_id, views, ad_views, earned, corrections, carried_in,
                withholding, payable, carried_out)
            SELECT 'CR-' || lpad(i::text, 3, '0'), '2026-10-01'::date, 1, i, 0, i, 0, 0, 0, i, 0
            FROM generate_series(1, 120) i UNION ALL SELECT 'CR-001', '2026-09-01', 1, 5, 0, 5, 0, 0, 0, 5, 0
            """
        );
        var page = (await world.Page("/creators")).Html;
        Assert.Matches("creators 120 views 7,260 .*payable 7,260", PageText.Of(page));
        var (seen, turned) = (Ids(page), 1);
        while (NextLink().Match(page) is { Success: true } next)
        {
            page = (await world.Page(WebUtility.HtmlDecode(next.Groups[1].Value))).Html;
            seen.AddRange(Ids(page));
            turned++;
        }

        Assert.Equal(Enumerable.Range(1, 120).Select(i => $"CR-{i:000}"), seen);
        Assert.Equal(3, turned);
        Assert.Contains("creators 1 views 5", PageText.Of((await world.Page("/creators?month=2026-09")).Html));
    }

    private static List<string> Ids(string page) => [.. Id().Matches(page).Select(id => id.Groups[1].Value)];

    [GeneratedRegex("href=\"(/creators/[^\"]*)\"")]
    private static partial Regex MonthLink();

    [GeneratedRegex("href=\"(/creators[^\"]*)\" rel=\"next\"")]
    private static partial Regex NextLink();

    [GeneratedRegex("<a href=\"/creators/[^\"]*\">([^<]*)</a>")]
    private static partial Regex Id();
}
