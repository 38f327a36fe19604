using System.Text.Json.Nodes;
using EventSettlement.StudyRefunds;
using Microsoft.AspNetCore.Http;

namespace EventSettlement.IntegrationTests.BadgeBonus;

/// <summary>A programme that is added by its folder, its migration and one line is settled from end to end.</summary>
public sealed class BadgeBonusTests
{
    private const string Ended = "SELECT count(*) FROM settlement WHERE programme = 'badge-bonus' AND state = ";

    private static readonly string[] Badges =
    [
        Badge("B-1", "T-1", "M-1", 500, "2026-10-05T09:00:00+09:00"),
        Badge("B-2", "T-1", "M-1", 700, "2026-10-31T23:59:59+09:00"),
        Badge("B-3", "T-1", "M-2", 300, "2026-10-07T09:00:00+09:00"),
        Badge("B-4", "T-2", "M-1", 900, "2026-10-08T09:00:00+09:00"),
        Badge("B-5", "T-3", "M-3", 100, "2026-11-01T00:00:00+09:00"),
    ];

    [Fact]
    public async Task Facts_become_payments_that_are_booked_explained_and_proven()
    {
        await using var world = await BadgeWorld.Start();
        Assert.Equal(202, await world.Facts("badges-awarded", Badges));
        Assert.Equal(422, await world.Facts("badges-awarded", "{\"badgeId\":\"B-9\"}"));
        await world.Until("SELECT count(*) FROM badge", 5);
        var (_, preview) = await world.Post("v1/runs/preview", Question());
        Assert.Equal(
            ["T-1 2026-10 2 1500 ", "T-2 2026-10 1 900 ", "T-3  0 0 has badges of a month that has not ended"],
            preview["rows"]!.AsArray().Select(Line)
        );
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM settlement_request"));

        var (status, run) = await world.Post("v1/runs", Question());

        Assert.Equal(201, status);
        await world.Until(Ended + "'COMPLETED'", 2);
        Assert.Equal(3, world.Bonuses.Credited.Count);
        Assert.Empty(world.Members.Credited);
        Assert.Equal(
            "badge-bonus:bonus-cost -2400, badge-bonus:clearing-bonuses 2400, badge-bonus:payable 0",
            await world.Read<string>(
                """
                SELECT string_agg(account || ' ' || sum, ', ' ORDER BY account)
                FROM (SELECT account, sum(amount) AS sum FROM posting GROUP BY account) AS balance
                """
            )
        );
        Assert.True((bool)(await world.Get("v1/ledger/verify"))["right"]!);
        var proof = await world.Get("v1/runs/verify?programme=badge-bonus&period=2026-10");
        Assert.Equal((true, 2, 3), ((bool)proof["right"]!, (int)proof["settlements"]!, (int)proof["items"]!));
        var id = await world.Read<Guid>("SELECT settlement_id FROM settlement WHERE subject = 'T-1'");
        var explanation = await world.Get($"v1/settlements/{id}/explain");
        Assert.StartsWith(
            $"1500 KRW for 3 badges of 2026-10; 1,500 paid; run {run["runId"]} for 2026-11-15",
            (string)explanation["text"]!,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "1200 for the badges of M-1; run",
            (string)explanation["items"]![0]!["text"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_cancelled_settlement_gives_its_facts_back_and_the_next_period_settles_them()
    {
        await using var world = await BadgeWorld.Start();
        world.Bonuses.Judge = member => member == "M-1" ? "REJECTED" : "CREDITED";
        await world.Facts("badges-awarded", Badges[3]);
        await world.Until("SELECT count(*) FROM badge", 1);
        await world.Post("v1/runs", Question());
        await world.Until(Ended + "'FAILED'", 1);
        var id = await world.Read<Guid>("SELECT settlement_id FROM settlement");

        var (status, _) = await world.Post($"v1/settlements/{id}/cancel", new { reason = "wrong team" });

        Assert.Equal(200, status);
        Assert.Equal(1L, await world.Read<long>("SELECT count(*) FROM badge WHERE run_id IS NULL"));
        Assert.Equal(
            0L,
            await world.Read<long>("SELECT sum(amount)::bigint FROM posting WHERE account LIKE '%:payable'")
        );
        world.Bonuses.Judge = _ => "CREDITED";
        await world.Until("SELECT count(*) FROM run WHERE state = 'FINISHED'", 1);
        var next = new
        {
            programme = "badge-bonus",
            date = "2026-12-15",
            future = true,
        };
        await world.Post("v1/runs", next);
        await world.Until(Ended + "'COMPLETED' AND period = '2026-11' AND amount = 900", 1);
        Assert.True((bool)(await world.Get("v1/ledger/verify"))["right"]!);
    }

    [Fact]
    public async Task A_downstream_that_is_stopped_holds_up_its_own_programme_alone()
    {
        await using var world = await BadgeWorld.Start();
        world.Bonuses.Before = (http, _) =>
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.FromResult(true);
        };
        await world.Facts("badges-awarded", Badges[3]);
        await world.Facts("study-completed", [.. SampleStudies.Lines(3, 2, 1, new DateOnly(2026, 11, 1), magic: [])]);
        await world.Until("SELECT (SELECT count(*) FROM badge) + (SELECT count(*) FROM study)", 4);

        await world.Post("v1/runs", Question());
        await world.Until("SELECT count(*) FROM downstream WHERE name = 'bonuses' AND state = 'STOPPED'", 1);
        await world.Post("v1/runs", new { programme = "study-refund", date = "2026-11-15" });

        await world.Until(
            "SELECT count(*) FROM settlement WHERE programme = 'study-refund' AND state = 'COMPLETED'",
            3
        );
        Assert.Equal(0L, await world.Read<long>(Ended + "'COMPLETED'"));
        world.Bonuses.Before = (_, _) => Task.FromResult(false);
        var (status, _) = await world.Post("v1/downstreams/bonuses/resume", new { });
        Assert.Equal(200, status);
        await world.Until(Ended + "'COMPLETED'", 1);
        var downstreams = (await world.Get("v1/downstreams"))["items"]!.AsArray();
        Assert.Equal(["bonuses", "member"], downstreams.Select(d => (string)d!["name"]!));
    }

    [Fact]
    public async Task A_run_of_one_subject_settles_no_other()
    {
        await using var world = await BadgeWorld.Start();
        await world.Facts("badges-awarded", Badges);
        await world.Until("SELECT count(*) FROM badge", 5);

        await world.Post(
            "v1/runs",
            new
            {
                programme = "badge-bonus",
                date = "2026-11-15",
                subject = "T-2",
            }
        );

        await world.Until("SELECT count(*) FROM run WHERE state = 'FINISHED'", 1);
        Assert.Equal("T-2", await world.Read<string>("SELECT string_agg(subject, ',') FROM settlement"));
    }

    private static object Question() => new { programme = "badge-bonus", date = "2026-11-15" };

    private static string Line(JsonNode? row) =>
        $"{row!["subject"]} {row["period"]} {row["items"]} {row["amount"]} {row["reason"]}";

    private static string Badge(string id, string team, string member, long amount, string at) =>
        $$"""{"badgeId":"{{id}}","team":"{{team}}","memberId":"{{member}}","amount":{{amount}},"awardedAt":"{{at}}"}""";
}
