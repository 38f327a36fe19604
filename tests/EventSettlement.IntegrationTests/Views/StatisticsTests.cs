using System.Text;
using EventSettlement.Api;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Platform;
using EventSettlement.Views;
using EventSettlement.Views.Raw;
using EventSettlement.Views.Seen;
using EventSettlement.Views.Statistics;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Views;

public sealed class StatisticsTests
{
    private static readonly ViewRules Rules = new(TimeSpan.FromDays(35), TimeSpan.FromHours(1), TimeSpan.FromDays(70));

    [Fact]
    public async Task A_rebuild_mends_what_differs_from_the_raw_logs_and_nothing_else()
    {
        await using var world = await Counted(300);
        var (recount, days) = (new Recount(world.Database, Rules), DaysOf());
        var before = await Contents(world);
        Assert.True((await recount.Verify(days.From, days.To, null, default)).Right);

        await world.Execute("UPDATE view_content_day SET views = views + 3 WHERE content_id = 'C-00000'");
        await world.Execute("DELETE FROM view_content_day WHERE content_id = 'C-00001'");
        await world.Execute("UPDATE view_hour SET views = views + 2, ad_views = 0");
        var wrong = await recount.Verify(days.From, days.To, null, default);
        Assert.False(wrong.Right);
        Assert.Contains(wrong.Differences, d => d.StartsWith("content C-00000 ", StringComparison.Ordinal));
        Assert.Contains(wrong.Differences, d => d.StartsWith("all contents ", StringComparison.Ordinal));
        Assert.True((await recount.Verify(days.From, days.To, "C-00002", default)).Right);

        Assert.True((await recount.Rebuild(days, default)).Corrected > 0);
        Assert.Equal(before, await Contents(world));
        Assert.True((await recount.Verify(days.From, days.To, null, default)).Right);
        await world.ExpectHours();
    }

    [Fact]
    public async Task Days_whose_raw_logs_are_dropped_are_not_recounted()
    {
        await using var world = await Counted(50);
        var kept = Rules with { KeepRaw = TimeSpan.FromDays(1) };
        await new ViewUpkeep(world.Database, kept, NullLogger<ViewUpkeep>.Instance).Step(default);
        var refused = await Assert.ThrowsAsync<ProblemException>(() =>
            new Recount(world.Database, kept).Verify(DaysOf().From, DaysOf().To, null, default)
        );
        Assert.Contains("raw logs of these days are gone", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Small_blocks_of_known_views_are_joined_and_still_known()
    {
        await using var world = await Counted(200);
        await world.Execute(
            """
            INSERT INTO view_seen (bucket, seq, day, views, hashes)
            SELECT 7, 1000 + i, '2026-11-20', 1, decode(lpad(to_hex(i), 18, '0'), 'hex') FROM generate_series(1, 40) i
            """
        );
        var before = await world.Read<long>("SELECT sum(views) FROM view_seen");
        Assert.True(await SeenUpkeep.Join(world.Database, default) >= 40);
        Assert.Equal(before, await world.Read<long>("SELECT sum(views) FROM view_seen"));
        Assert.Equal(
            "1 1040",
            await world.Read<string>(
                "SELECT count(*) || ' ' || max(seq) FROM view_seen WHERE bucket = 7 AND day = '2026-11-20'"
            )
        );
    }

    [Fact]
    public async Task A_creator_has_the_views_of_the_days_that_begin_under_it_and_the_rest_are_unowned()
    {
        await using var world = await ViewsWorld.Create<OnPostgres>();
        await world.Execute(
            """
            INSERT INTO view_content_day VALUES ('C-1', '2026-10-31', 1, 10, 0), ('C-1', '2026-11-01', 2, 20, 1),
                ('C-1', '2026-11-02', 4, 40, 2), ('C-1', '2026-11-03', 8, 80, 3);
            INSERT INTO content_owner (content_id, from_at, creator_id) VALUES ('C-1', '2026-11-01 00:00+09', 'CR-1'),
                ('C-1', '2026-11-02 00:00:00.000001+09', 'CR-2'), ('C-1', '2026-11-03 00:00+09', NULL)
            """
        );
        await world.Execute(ViewsWorld.SumHours);
        var reads = new StatisticsReads(world.Database);
        var filter = StatisticsFilter.Of("creator", "month", null, null, null, null);
        var rows = await reads.List(filter, null, null, default);
        Assert.Equal(
            [(" ", "2026-10-01", 1L), (" ", "2026-11-01", 8L), (" CR-1", "2026-11-01", 6L)],
            rows.Items.Select(r => (" " + r.Id, $"{r.Start:yyyy-MM-dd}", r.Views))
        );
    }

    [Theory]
    [InlineData("week", "2026-12-21 1", "2026-12-28 254", "2027-01-04 256")]
    [InlineData("month", "2026-12-01 31", "2027-01-01 480")]
    [InlineData("year", "2026-01-01 31", "2027-01-01 480")]
    public async Task A_week_goes_over_the_end_of_the_year_and_a_year_does_not(string period, params string[] sums)
    {
        await using var world = await ViewsWorld.Create<OnPostgres>();
        await world.Execute(
            """
            INSERT INTO view_content_day
            SELECT 'C-1', '2026-12-27'::date + n, 1 << n, 0, 0 FROM generate_series(0, 8) n
            """
        );
        await world.Execute(ViewsWorld.SumHours);
        var rows = await new StatisticsReads(world.Database).List(
            StatisticsFilter.Of("content", period, null, null, null, null),
            null,
            null,
            default
        );
        Assert.Equal(sums, rows.Items.Select(r => $"{r.Start:yyyy-MM-dd} {r.Views}"));
    }

    [Theory]
    [InlineData("content", "week")]
    [InlineData("ad", "month")]
    [InlineData("creator", "day")]
    [InlineData("creator", "month")]
    public async Task Pages_of_periods_join_to_the_whole_whatever_their_size(string by, string period)
    {
        await using var world = await ViewsWorld.Create<OnPostgres>();
        await world.Execute(
            """
            INSERT INTO view_content_day
            SELECT 'C-' || c, '2026-10-20'::date + n * c, 1 + n, 10, n % 2 FROM generate_series(0, 9) n,
                generate_series(1, 9) c;
            INSERT INTO view_ad_day SELECT replace(content_id, 'C', 'A'), day, views, 10 FROM view_content_day;
            INSERT INTO content_owner (content_id, from_at, creator_id) SELECT 'C-' || c, '2026-11-03 00:00+09',
                CASE WHEN c < 9 THEN 'CR-' || c % 4 END FROM generate_series(1, 9) c;
            INSERT INTO content_owner (content_id, from_at, creator_id)
            VALUES ('C-unseen', '2026-01-01 00:00+09', 'CR-x')
            """
        );
        await world.Execute(ViewsWorld.SumHours);
        var reads = new StatisticsReads(world.Database);
        var filter = StatisticsFilter.Of(by, period, "2026-10-26", null, null, null);
        var whole = new List<StatisticsRow>();
        await foreach (var row in reads.Read(filter, null, null, default))
            whole.Add(row);
        var table = by == "ad" ? "view_ad_day" : "view_content_day";
        Assert.Equal(
            await world.Read<long>(
                $"SELECT sum(views)::bigint FROM {table} WHERE date_trunc('{period}', day) >= '2026-10-26'"
            ),
            whole.Sum(row => row.Views)
        );
        Assert.Equal(
            whole
                .OrderBy(row => row.Start)
                .ThenBy(row => row.Id, StringComparer.Ordinal)
                .DistinctBy(r => (r.Start, r.Id)),
            whole
        );
        foreach (var size in (int[])[1, 2, 7])
        {
            var joined = new List<StatisticsRow>();
            Page<StatisticsRow> page;
            string? after = null;
            do
            {
                page = await reads.List(filter, size, after, default);
                joined.AddRange(page.Items);
                after = page.After;
            } while (page.HasMore);
            Assert.Equal(whole, joined);
        }
    }

    private static async Task<ViewsWorld> Counted(int views)
    {
        var world = await ViewsWorld.Create<OnPostgres>();
        await world.Start();
        var (first, _) = DaysOf();
        var made = new SampleViews(views, 5, 3, 1, first, 2).Make();
        await world.Send(new Random(1), 4, [.. made.Select(view => Encoding.UTF8.GetString(view.Body))]);
        await world.Judged(views);
        return world;
    }

    private static (DateOnly From, DateOnly To) DaysOf()
    {
        var today = Seoul.DateOf(TimeProvider.System.GetUtcNow().UtcDateTime);
        return (today.AddDays(-3), today);
    }

    private static Task<string> Contents(ViewsWorld world) =>
        world.Read<string>(
            """
            SELECT string_agg(content_id || ' ' || day || ' ' || views || ' ' || watched_seconds || ' ' || ad_views,
                E'\n' ORDER BY content_id, day) FROM view_content_day
            """
        );
}
