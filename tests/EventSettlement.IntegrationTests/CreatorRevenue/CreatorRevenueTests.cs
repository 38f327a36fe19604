using System.Text.Json.Nodes;
using EventSettlement.Platform;

namespace EventSettlement.IntegrationTests.CreatorRevenue;

/// <summary>Views become money: months settled, corrected, carried over, cancelled, each from end to end.</summary>
public sealed class CreatorRevenueTests
{
    private const string Early = "2026-01-01T00:00:00+09:00";

    [Fact]
    public async Task A_month_is_paid_and_what_is_known_of_it_later_is_corrected_in_the_next()
    {
        await using var world = await CreatorWorld.Start("2026-12-02T12:00:00+09:00");
        await world.Put("2026-11-01", 10_000, 0);
        await world.Owns("C-1", "CR-1", Early);
        await world.Watch("C-1", "2026-11-20", 100);
        await world.Watch("C-2", "2026-11-20", 40);
        await world.Settle("2026-12-02");
        Assert.Equal(["CR-1 1000 0 0 0 1000 0 COMPLETED"], await world.List("2026-11"));

        await world.Watch("C-1", "2026-11-30", 7);
        await world.Owns("C-2", "CR-2", Early);
        await world.Watch("C-1", "2026-12-01", 1);
        await world.Until("SELECT count(*) FROM content_owner", 2);
        await world.SetClock("2027-01-01T12:00:00+09:00");
        await world.Settle("2027-01-01");

        Assert.Equal(["CR-1 10 70 0 0 80 0 COMPLETED", "CR-2 0 400 0 0 400 0 COMPLETED"], await world.List("2026-12"));
        await world.IsRight("2026-11", "2026-12");
        await world.SetClock("2027-02-01T12:00:00+09:00");
        await world.Settle("2027-02-01");
        Assert.Empty(await world.List("2027-01"));
        Assert.Equal(3L, await world.Read<long>("SELECT count(*) FROM creator_close"));
    }

    [Fact]
    public async Task What_is_less_than_a_payout_waits_for_the_next_month()
    {
        await using var world = await CreatorWorld.Start("2026-12-02T12:00:00+09:00");
        await world.Put("2026-11-01", 10_000, 500);
        await world.Owns("C-1", "CR-1", Early);
        await world.Watch("C-1", "2026-11-20", 30);
        await world.Watch("C-1", "2026-12-01", 20);
        await world.Settle("2026-12-02");
        Assert.Equal(["CR-1 300 0 0 0 0 300 COMPLETED"], await world.List("2026-11"));
        await world.SetClock("2027-01-01T12:00:00+09:00");

        await world.Settle("2027-01-01");

        Assert.Equal(["CR-1 200 0 300 0 500 0 COMPLETED"], await world.List("2026-12"));
        await world.IsRight("2026-11", "2026-12");
        var id = await world.Read<Guid>("SELECT settlement_id FROM settlement WHERE period = '2026-12'");
        var text = (string)(await world.Get($"v1/settlements/{id}/explain"))["text"]!;
        Assert.StartsWith(
            "20 views × 10 + 0 ad views × 0 = 200 won × 100 % = 200 by the policy of 2026-11-01; earned 200; "
                + "carried in from 2026-11 +300; to pay 500",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Days_without_a_policy_earn_nothing_until_one_is_put_that_corrects()
    {
        await using var world = await CreatorWorld.Start("2026-12-02T12:00:00+09:00");
        await world.Owns("C-1", "CR-1", Early);
        await world.Watch("C-1", "2026-11-20", 100);
        await world.Watch("C-1", "2026-12-01", 1);
        await world.Settle("2026-12-02");
        Assert.Equal(["CR-1 0 0 0 0 0 0 COMPLETED"], await world.List("2026-11"));
        const string open = "SELECT count(*) FROM alert WHERE code = 'no_policy' AND state = 'OPEN'";
        Assert.Equal(1L, await world.Read<long>(open));

        var (refused, why) = await world.Put("2026-11-01", 10_000, 0);
        Assert.Equal(409, refused);
        Assert.Contains("CR-1 in 2026-11: 1,000 instead of 0 KRW earned", (string)why["detail"]!);
        Assert.Equal(201, (await world.Put("2026-11-01", 10_000, 0, corrects: true)).Status);
        await world.SetClock("2027-01-01T12:00:00+09:00");
        await world.Settle("2027-01-01");

        Assert.Equal(["CR-1 10 1000 0 0 1010 0 COMPLETED"], await world.List("2026-12"));
        Assert.Equal(0L, await world.Read<long>(open));
        await world.IsRight("2026-11", "2026-12");
    }

    [Fact]
    public async Task A_cancelled_settlement_carries_what_was_due_over()
    {
        await using var world = await CreatorWorld.Start("2026-12-02T12:00:00+09:00");
        world.Payees.Judge = _ => "REJECTED";
        await world.Put("2026-11-01", 1_000_000, 0);
        await world.Post(
            "v1/payees/tax",
            new
            {
                rows = new[]
                {
                    new
                    {
                        payeeId = "CR-1",
                        from = "2026-01-01",
                        kind = "PERSONAL",
                    },
                },
            }
        );
        await world.Owns("C-1", "CR-1", Early);
        await world.Watch("C-1", "2026-11-20", 10);
        await world.Settle("2026-12-02");
        Assert.Equal(["CR-1 10000 0 0 330 9670 0 FAILED"], await world.List("2026-11"));
        var id = await world.Read<Guid>("SELECT settlement_id FROM settlement");

        Assert.Equal(200, (await world.Post($"v1/settlements/{id}/cancel", new { reason = "wrong account" })).Status);

        await world.IsRight("2026-11");
        Assert.Equal(
            "creator-revenue:carried-over 10000, creator-revenue:cost-of-revenue -10000",
            await world.Read<string>(
                """
                SELECT string_agg(account || ' ' || sum, ', ' ORDER BY account) FROM (SELECT account, sum(amount)
                FROM posting GROUP BY account HAVING sum(amount) <> 0) AS balance
                """
            )
        );
        world.Payees.Judge = _ => "CREDITED";
        await world.SetClock("2027-01-01T12:00:00+09:00");
        await world.Settle("2027-01-01");
        Assert.Equal(["CR-1 0 0 10000 330 9670 0 COMPLETED"], await world.List("2026-12"));
        await world.IsRight("2026-11", "2026-12");
    }

    [Fact]
    public async Task A_run_waits_until_all_that_was_there_when_it_began_is_counted()
    {
        await using var world = await CreatorWorld.Start(
            "2026-12-02T12:00:00+09:00",
            [.. Roles.All.Except([Roles.Intake])]
        );
        await world.Put("2026-11-01", 10_000, 0);
        await world.Owns("C-1", "CR-1", Early);
        await world.Produce("C-1", "2026-11-20", 100);
        var (_, run) = await world.Post("v1/runs", CreatorWorld.Question("2026-12-02"));
        var noted =
            $"SELECT coalesce(sum(next_offset), 0)::bigint FROM creator_run_position WHERE run_id = {run["runId"]}";
        await world.Until(noted, 101);
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(1L, await world.Read<long>("SELECT count(*) FROM run WHERE state = 'PLANNING'"));
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM creator_month"));

        await world.Serve(Roles.Intake);
        await world.Until("SELECT count(*) FROM run WHERE state = 'FINISHED'", 1);

        Assert.Equal(["CR-1 1000 0 0 0 1000 0 COMPLETED"], await world.List("2026-11"));
        Assert.Equal(101L, await world.Read<long>(noted));
    }

    [Fact]
    public async Task A_preview_says_what_the_run_pays_and_what_a_draft_would_change()
    {
        await using var world = await CreatorWorld.Start("2026-12-02T12:00:00+09:00");
        await world.Put("2026-11-01", 10_000, 0);
        foreach (var creator in new[] { "CR-1", "CR-2" })
            await world.Owns("of " + creator, creator, Early);
        await world.Until("SELECT count(*) FROM content_owner", 2);
        await world.Watch("of CR-1", "2026-11-10", 100);
        await world.Watch("of CR-2", "2026-11-25", 50);
        await world.Watch("nobody's", "2026-11-25", 3);
        var question = CreatorWorld.Question("2026-12-02");

        Assert.Equal(
            ["CR-1 2026-11 1000", "CR-2 2026-11 500", "content nobody's 0 3 views of 2026-11 without an owner"],
            await Rows(world, question)
        );
        question["policy"] = CreatorWorld.Policy("2026-11-20", 30_000, 0);
        Assert.Equal(
            ["CR-1 2026-11 1000 1000 same", "CR-2 2026-11 1500 500 more"],
            (await Rows(world, question)).Take(2)
        );
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM creator_month"));

        await world.Settle("2026-12-02");
        Assert.Equal(
            ["CR-1 1000 0 0 0 1000 0 COMPLETED", "CR-2 500 0 0 0 500 0 COMPLETED"],
            await world.List("2026-11")
        );
    }

    private static async Task<string[]> Rows(CreatorWorld world, JsonObject question)
    {
        var (status, preview) = await world.Post("v1/runs/preview", question);
        Assert.True(status == 200, preview.ToString());
        string[] names = ["subject", "period", "amount", "reason", "before", "change"];
        return
        [
            .. preview["rows"]!
                .AsArray()
                .Select(row => string.Join(' ', names.Select(n => row![n]).OfType<JsonNode>())),
        ];
    }
}
