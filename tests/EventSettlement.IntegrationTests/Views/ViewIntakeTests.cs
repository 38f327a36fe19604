using System.Globalization;
using EventSettlement.IntegrationTests.EventLog.World;

namespace EventSettlement.IntegrationTests.Views;

public sealed class ViewIntakeOnPostgresTests : ViewIntakeTests<OnPostgres>;

public sealed class ViewIntakeOnKafkaTests : ViewIntakeTests<OnKafka>
{
    [Fact]
    public async Task Views_count_once_while_the_topic_gets_more_partitions()
    {
        await using var world = await ViewsWorld.Create<OnKafka>();
        await world.Start();
        var (views, copies) = Sample(600);
        await world.Send(new Random(1), 4, views);
        await world.Grow(7);
        await world.Send(new Random(2), 7, copies);
        await world.Judged(views.Count + copies.Count, seconds: 90);
        await ExpectSums(world, views, copies.Count);
    }
}

/// <summary>Each view counts once, whatever brings it again.</summary>
public abstract class ViewIntakeTests<TLog>
    where TLog : ILogKind
{
    private const string Sums = """
        SELECT coalesce(string_agg(content_id || ' ' || views || ' ' || watched_seconds || ' ' || ad_views, E'\n'
            ORDER BY content_id), '')
        FROM (SELECT content_id, sum(views) AS views, sum(watched_seconds) AS watched_seconds,
            sum(ad_views) AS ad_views FROM view_content_day GROUP BY content_id) s
        """;

    [Fact]
    public async Task Views_count_once_in_any_partition_of_two_processes_of_which_one_ends()
    {
        await using var world = await ViewsWorld.Create<TLog>();
        var first = await world.Start();
        await world.Start();
        var (views, copies) = Sample(3000);
        await world.Send(new Random(1), 4, [.. views.Take(1500)]);
        await world.Judged(1500);
        await world.Send(new Random(2), 4, [.. views.Skip(1500), .. copies.Take(200)]);
        await first.DisposeAsync();
        await world.Start();
        await world.Send(new Random(3), 4, [.. copies.Skip(200)]);
        await world.Judged(views.Count + copies.Count);
        await ExpectSums(world, views, copies.Count);
    }

    [Fact]
    public async Task A_log_that_is_read_again_from_its_beginning_changes_no_statistics()
    {
        await using var world = await ViewsWorld.Create<TLog>();
        var first = await world.Start();
        var (views, _) = Sample(500);
        await world.Send(new Random(1), 4, views);
        await world.Judged(500);
        await first.DisposeAsync();
        await world.Execute("UPDATE consumer_offset SET next_offset = 0, last_crc = NULL, epoch = epoch + 1");
        await world.Start();
        await world.Judged(1000);
        await ExpectSums(world, views, duplicates: 500);
    }

    [Fact]
    public async Task An_owner_that_has_lost_a_partition_unawares_writes_nothing_and_takes_it_anew()
    {
        await using var world = await ViewsWorld.Create<TLog>();
        await world.Start();
        var (views, copies) = Sample(400);
        await world.Send(new Random(1), 4, views);
        await world.Judged(400);
        await world.Execute("UPDATE consumer_offset SET epoch = epoch + 1");
        await world.Send(new Random(2), 4, copies);
        await world.Judged(400 + copies.Count);
        await ExpectSums(world, views, copies.Count);
    }

    [Fact]
    public async Task What_is_no_view_is_parked_with_its_code_and_incomplete_views_leave_only_a_count()
    {
        await using var world = await ViewsWorld.Create<TLog>();
        await world.Start();
        var now = TimeProvider.System.GetUtcNow();
        await world.Send(
            new Random(1),
            4,
            [
                View("V-1", "C-1", 10, null, now),
                View("V-1", "C-1", 10, null, now).Replace("true", "false"),
                View("V-2", "C-1", 10, null, now.AddDays(-36)),
                View("V-3", "C-1", 10, null, now.AddDays(2)),
                View("V-4", "C-1", 99_999, null, now),
                "no json",
                View("V-5", "C-1", 5, null, now.AddDays(-30)),
            ]
        );
        await world.Judged(7);
        Assert.Equal(
            "malformed ,out_of_range /viewedAt,out_of_range /watchedSeconds,too_late /viewedAt",
            await world.Read<string>(
                "SELECT string_agg(code || ' ' || pointer, ',' ORDER BY code, pointer) FROM parked_message"
            )
        );
        Assert.Equal(
            "2 1 0 1",
            await world.Read<string>(
                """
                SELECT sum(counted) || ' ' || sum(incomplete) || ' ' || sum(duplicates) || ' ' || sum(late)
                FROM view_intake
                """
            )
        );
        Assert.Equal("C-1 2 15 0", await world.Read<string>(Sums));
    }

    private protected static (List<string> Views, List<string> Copies) Sample(int views)
    {
        var random = new Random(views);
        var now = TimeProvider.System.GetUtcNow();
        var (made, copies) = (new List<string>(), new List<string>());
        for (var i = 0; i < views; i++)
        {
            var ad = random.Next(3) == 0 ? $"A-{random.Next(5)}" : null;
            var body = View($"V-{i}", $"C-{random.Next(40):D2}", random.Next(100), ad, now.AddMinutes(-i));
            made.Add(body);
            if (random.Next(4) == 0)
                copies.Add(body);
        }

        return (made, copies);
    }

    private protected static async Task ExpectSums(ViewsWorld world, List<string> views, int duplicates)
    {
        var expected = views
            .Select(view => System.Text.Json.Nodes.JsonNode.Parse(view))
            .GroupBy(view => (string)view!["contentId"]!, StringComparer.Ordinal)
            .OrderBy(content => content.Key, StringComparer.Ordinal)
            .Select(content =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{content.Key} {content.Count()} {content.Sum(v => (int)v!["watchedSeconds"]!)} "
                        + $"{content.Count(v => v!["adId"] is not null)}"
                )
            );
        Assert.Equal(string.Join('\n', expected), await world.Read<string>(Sums));
        Assert.Equal(
            $"{views.Count} {duplicates}",
            await world.Read<string>("SELECT sum(counted) || ' ' || sum(duplicates) FROM view_intake")
        );
        Assert.Equal(views.Count, await world.Read<long>("SELECT sum(views) FROM view_seen"));
        await world.ExpectHours();
    }

    private static string View(string id, string content, int seconds, string? ad, DateTimeOffset at) =>
        $$"""
            {"viewId":"{{id}}","memberId":"M-1","contentId":"{{content}}","watchedSeconds":{{seconds}},"completed":true,
            """.TrimEnd()
        + (ad is null ? "" : $"\"adId\":\"{ad}\",")
        + $"\"viewedAt\":\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z\"}}";
}
