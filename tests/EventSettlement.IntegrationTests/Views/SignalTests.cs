using System.Globalization;
using System.Text.Json.Nodes;
using EventSettlement.IntegrationTests.CreatorRevenue;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Platform;
using EventSettlement.Views;
using EventSettlement.Views.Raw;
using EventSettlement.Views.Signals;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Views;

/// <summary>What stands out of the statistics, what is told of it, and what is forecast.</summary>
public sealed class SignalTests
{
    private const string Today = "2026-11-28T12:40:00+09:00";
    private const string Yesterday = "2026-11-27";
    private static readonly DateOnly Spike = new(2026, 11, 27);

    // 200 to 229 a day and content, by what only looks like chance; a week before 2026-11-27 is 2026-11-20.
    private const string History = """
        INSERT INTO view_content_day
        SELECT 'C-' || c, d::date, 200 + abs(hashint8(c * 100000 + d::date - '2026-01-01')) % 30, 60000, 70
        FROM generate_series(1, 20) c, generate_series('2026-08-20'::timestamp, '2026-11-27', '1 day') d
        """;

    [Fact]
    public async Task An_ordinary_desk_has_no_anomalies_and_a_planted_spike_is_found_with_its_reason()
    {
        await using var world = await At(Today);
        await world.Execute(History);
        await world.Execute(ViewsWorld.SumHours);
        var reads = Reads(world);
        var calm = await reads.Find(All, default);
        Assert.Empty(calm.Rows);
        var contents = calm.Rates.Single(r => r.What == "content");
        Assert.Equal((28L * 20, 0L, 0m), (contents.Judged, contents.Outside, contents.Rate));

        await world.Execute(
            """
            UPDATE view_content_day SET views = 900 WHERE content_id = 'C-3' AND day >= '2026-11-26';
            UPDATE view_content_day SET views = 0 WHERE content_id = 'C-4' AND day = '2026-11-27'
            """
        );
        await world.Execute(ViewsWorld.SumHours);
        var found = await reads.Find(All, default);
        Assert.Equal(
            [
                ("content C-3", "2026-11-26", "2026-11-26"),
                ("content C-3", Yesterday, "2026-11-26"),
                ("content C-4", Yesterday, Yesterday),
            ],
            found
                .Rows.Where(f => f.Row.What == "content")
                .OrderBy(f => f.Row.Id)
                .Select(f => ($"{f.Row.What} {f.Row.Id}", f.Row.Start, f.Row.Since))
        );
        Assert.Contains(found.Rows, f => (f.Row.What, f.Row.Start) == ("whole", "2026-11-26"));
        var row = found.Rows.First(f => f.Row.Id == "C-3").Row;
        Assert.Equal(900, row.Observed);
        Assert.InRange(row.Expected, 200, 230);
        Assert.InRange(row.High, 230, 400);
        Assert.StartsWith("Content C-3 had 900 views on 2026-11-26: 2", row.Sentence, StringComparison.Ordinal);
        Assert.Equal(3, found.Rates.Single(r => r.What == "content").Outside);
        Assert.Empty((await reads.Find(All with { From = new(2026, 11, 1), To = new(2026, 11, 25) }, default)).Rows);
        Assert.Single((await reads.Find(new("content", "C-4", null, null), default)).Rows);
    }

    [Fact]
    public async Task One_alert_a_day_tells_of_what_is_new_and_an_empty_desk_of_nothing()
    {
        await using var world = await At("2026-11-28T00:30:00+09:00");
        await world.Execute("UPDATE view_signal_look SET day = '2026-11-26'");
        var watch = Watch(world);
        Assert.False(await watch.Step(default));
        await world.Execute(History);
        await world.Execute("UPDATE view_content_day SET views = 900 WHERE day = '2026-11-27' AND content_id <> 'C-9'");
        await world.Execute(ViewsWorld.SumHours);
        Assert.False(await watch.Step(default));

        // Nothing is judged before the late ones of the day are there.
        await SetClock(world, "2026-11-28T01:05:00+09:00");
        Assert.True(await watch.Step(default));
        Assert.False(await watch.Step(default));
        Assert.False(await Watch(world).Step(default));
        const string alerts = "SELECT string_agg(code || ' ' || state || ' ' || count, ',') FROM alert";
        Assert.Equal("views_anomaly OPEN 1", await world.Read<string>(alerts));
        Assert.Matches(
            @"^(\S.* are ordinary\. ){3}And 17 more\.$",
            await world.Read<string>("SELECT message FROM alert")
        );
        Assert.Equal(
            "settle views anomalies --from 2026-11-27 --to 2026-11-27 shows all.",
            await world.Read<string>("SELECT next FROM alert")
        );

        // An hour that is wrong on a day of which was told is in the list, and no second alert.
        await world.Execute("TRUNCATE view_hour");
        await world.Execute(Hours);
        await SetClock(world, "2026-11-28T10:40:20+09:00");
        Assert.Equal(
            "hour",
            Assert.Single((await Reads(world).Find(Whole, default)).Rows, f => f.Row.What == "hour").Row.What
        );
        Assert.False(await watch.Step(default));
        Assert.Equal("views_anomaly OPEN 1", await world.Read<string>(alerts));
    }

    [Fact]
    public async Task The_running_hour_is_judged_by_the_part_of_it_that_is_over()
    {
        await using var world = await At("2026-11-28T10:40:20+09:00");
        await world.Execute(Hours);
        var found = await Reads(world).Find(Whole, default);
        var row = Assert.Single(found.Rows).Row;
        Assert.Equal(("hour", "2026-11-28T01:00:00Z", 900L), (row.What, row.Start, row.Observed));
        Assert.InRange(row.Expected, 65, 69);
        Assert.Contains("in the first 40 minutes of 2026-11-28 10:00 KST", row.Sentence, StringComparison.Ordinal);
        Assert.True(await Watch(world).Step(default));

        await world.Execute("UPDATE view_hour SET views = 70 WHERE views = 900");
        Assert.Empty((await Reads(world).Find(Whole, default)).Rows);
    }

    [Fact]
    public async Task A_burst_of_one_member_and_hours_come_from_the_views_themselves()
    {
        await using var world = await At(Today);
        await world.Start();
        var random = new Random(1);
        var views = Enumerable.Range(0, 1_200).Select(n => View(n, $"C-{random.Next(10)}", $"M-{random.Next(900)}"));
        var burst = Enumerable.Range(2_000, 60).Select(n => View(n, "C-1", "M-bot"));
        await world.Send(random, 4, [.. views.Concat(burst)]);
        await world.Judged(1_260);

        var row = Assert.Single((await Reads(world).Find(All with { By = "content" }, default)).Rows).Row;
        Assert.Equal(
            ("member_burst", "C-1", "M-bot", Yesterday, 60L),
            (row.What, row.Id, row.SourceId, row.Start, row.Observed)
        );
        Assert.StartsWith("Member M-bot made 60 of the ", row.Sentence, StringComparison.Ordinal);
        Assert.Equal(
            "1260 1260 2026-11-27 10:00:00",
            await world.Read<string>(
                """
                SELECT sum(views) || ' ' || (SELECT sum(views) FROM view_content_day) || ' '
                    || to_char(max(hour AT TIME ZONE interval '9 hours'), 'YYYY-MM-DD HH24:MI:SS') FROM view_hour
                """
            )
        );

        // As an older version has kept them: recounted all the same, but nobody knows whose they were.
        await world.Execute("UPDATE view_raw SET block = set_byte(block, 0, 1)");
        Assert.Empty((await Reads(world).Find(All with { By = "content" }, default)).Rows);
        var rules = new ViewRules(TimeSpan.FromDays(35), TimeSpan.FromHours(1), TimeSpan.FromDays(70));
        Assert.True((await new Recount(world.Database, rules).Verify(Spike, Spike, null, default)).Right);
    }

    [Fact]
    public async Task Views_and_revenue_are_forecast_with_their_error_and_not_without()
    {
        await using var world = await CreatorWorld.Start(Today, Roles.Api, Roles.Intake, Roles.Relay);
        await world.Owns("C-1", "CR-1", "2026-01-01T00:00:00+09:00");
        await world.Owns("C-2", "CR-2", "2026-11-01T00:00:00+09:00");
        await world.Until("SELECT count(*) FROM content_owner", 2);
        await world.Put("2026-11-01", 2_500, 0);
        // 100 a day, but 40 on each of October's last three days: November is like September, and October was not.
        await world.Read<long>(
            """
            WITH days AS (INSERT INTO view_content_day
                SELECT 'C-1', d::date, CASE WHEN d BETWEEN '2026-10-29' AND '2026-10-31' THEN 40 ELSE 100 END, 0, 0
                FROM generate_series('2026-08-01'::timestamp, '2026-11-27', '1 day') d RETURNING 1)
            SELECT count(*) FROM days
            """
        );
        await world.Read<long>($"WITH hours AS ({ViewsWorld.SumHours} RETURNING 1) SELECT count(*) FROM hours");

        var whole = Assert.Single((await world.Get("v1/view-forecasts"))["items"]!.AsArray())!;
        // 27 days of 100, one of which October's last weighs a tenth, (9 × 100 + 40) / 10 = 94, and two of 100.
        Assert.Equal("whole  2026-11 2700 2994", Told(whole, "by", "id", "month", "soFar", "expected"));
        Assert.Equal("the last 3 days of 3 past months", (string)whole["measuredOn"]!);
        // Of 2,920, 3,000 and 3,100 views 180 were not forecast.
        Assert.Equal(2.0m, (decimal)whole["errorPercent"]!);
        Assert.InRange((long)whole["low"]!, 2_700, 2_994);
        Assert.True((long)whole["high"]! > 2_994);

        var creators = (await world.Get("v1/view-forecasts?by=creator"))["items"]!.AsArray();
        Assert.Equal(["CR-1 2994", "CR-2 "], creators.Select(c => Told(c!, "id", "expected")));
        Assert.StartsWith("Not enough history", (string)creators[1]!["sentence"]!, StringComparison.Ordinal);
        var second = await world.Get("v1/view-forecasts?by=creator&limit=1");
        Assert.Equal(
            "CR-2",
            Told((await world.Get($"v1/view-forecasts?by=creator&after={second["after"]}"))["items"]![0]!, "id")
        );

        var revenue = (await world.Get("v1/creator-forecasts"))["items"]!.AsArray();
        Assert.Equal(["CR-1 6750 7485", "CR-2  "], revenue.Select(c => Told(c!, "creatorId", "soFar", "expected")));
        var sum = Assert.Single((await world.Get("v1/creator-forecasts?by=whole"))["items"]!.AsArray())!;
        Assert.Equal("whole 6750 7485", Told(sum, "by", "soFar", "expected"));
        Assert.Equal(Told(whole, "errorPercent"), Told(sum, "errorPercent"));
    }

    [Fact]
    public async Task A_creator_s_days_are_those_on_which_it_owned_the_content()
    {
        await using var world = await At(Today);
        await world.Execute(
            """
            INSERT INTO view_content_day
            SELECT 'C-1', d::date, 10, 0, 1 FROM generate_series('2026-11-01'::timestamp, '2026-11-27', '1 day') d;
            INSERT INTO content_owner (content_id, from_at, creator_id) VALUES ('C-1', '2026-11-03 00:00+09', 'CR-1'),
                ('C-1', '2026-11-09 00:00:01+09', 'CR-2'), ('C-1', '2026-11-21 00:00+09', NULL),
                ('C-2', '2026-11-01 00:00+09', 'CR-3')
            """
        );
        var told = new List<string>();
        var days = new DailyReads(world.Database).Creators(new(2026, 11, 1), Spike, null, "", null, default);
        await foreach (var (creator, series) in days)
            told.Add($"{creator} {series.First:MM-dd} {series.Views.Sum()} {series.AdViews.Sum()}");
        Assert.Equal(["CR-1 11-03 70 7", "CR-2 11-10 110 11", "CR-3 11-28 0 0"], told);
    }

    private static readonly AnomalyFilter All = new(null, null, null, null);
    private static readonly AnomalyFilter Whole = All with { By = "whole" };

    // 100 an hour, and 900 in the running one.
    private const string Hours = """
        INSERT INTO view_hour SELECT h, 1, CASE WHEN h = '2026-11-28 10:00+09' THEN 900 ELSE 100 END, 0, 0
        FROM generate_series('2026-10-20 00:00+09'::timestamptz, '2026-11-28 10:00+09', '1 hour') h
        """;

    private static string Told(JsonNode row, params string[] names) =>
        string.Join(' ', names.Select(name => row[name]));

    private static string View(int number, string content, string member) =>
        $$"""
            {"viewId":"V-{{number}}","memberId":"{{member}}","contentId":"{{content}}","watchedSeconds":60,
            "completed":true,"viewedAt":"{{Yesterday}}T10:11:12+09:00"}
            """;

    private static AnomalyReads Reads(ViewsWorld world) =>
        new(new DailyReads(world.Database), new BurstReads(world.Database));

    private static SignalWatch Watch(ViewsWorld world) =>
        new(world.Database, Reads(world), NullLogger<SignalWatch>.Instance);

    private static async Task<ViewsWorld> At(string time)
    {
        var world = await ViewsWorld.Create<OnPostgres>();
        await SetClock(world, time);
        return world;
    }

    private static Task SetClock(ViewsWorld world, string time) =>
        world.Execute(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                CREATE OR REPLACE FUNCTION clock_shift() RETURNS interval LANGUAGE sql STABLE AS
                    'SELECT interval ''{(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)
                        - DateTimeOffset.UtcNow).TotalSeconds:F0} s'''
                """
            )
        );
}
