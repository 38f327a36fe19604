using System.Globalization;
using System.Text.Json;
using EventSettlement.Faults.Check.Known;
using Npgsql;

namespace EventSettlement.Faults.Check;

/// <summary>I7: each view that was sent is in the statistics once, on its day in Seoul, whatever happened.</summary>
internal static class ViewsCounted
{
    private const string ContentsSql =
        "SELECT content_id, day, views, watched_seconds, ad_views FROM view_content_day WHERE views <> 0";

    private const string AdsSql = "SELECT ad_id, day, views, watched_seconds, views FROM view_ad_day WHERE views <> 0";

    public static async Task<List<Violation>> Check(NpgsqlDataSource database, string folder)
    {
        var views = Journals
            .Views(folder)
            .Select(View.Read)
            .Where(view => view.Completed)
            .DistinctBy(view => (view.Content, view.Id))
            .ToList();
        return
        [
            .. await Compare(database, "content", ContentsSql, views.Select(view => (view.Content, view))),
            .. await Compare(
                database,
                "ad",
                AdsSql,
                views.Where(view => view.Ad is not null).Select(view => (view.Ad!, view))
            ),
        ];
    }

    private static async Task<List<Violation>> Compare(
        NpgsqlDataSource database,
        string of,
        string sql,
        IEnumerable<(string Id, View View)> sent
    )
    {
        var expected = sent.GroupBy(s => (s.Id, s.View.Day))
            .ToDictionary(
                day => day.Key,
                day =>
                    (
                        Views: (long)day.Count(),
                        Seconds: day.Sum(s => s.View.Seconds),
                        Ads: (long)day.Count(s => s.View.Ad is not null)
                    )
            );
        var counted = (
            await Tables.Read(
                database,
                sql,
                r =>
                    (
                        Key: (r.GetString(0), r.GetFieldValue<DateOnly>(1)),
                        Sums: (r.GetInt64(2), r.GetInt64(3), r.GetInt64(4))
                    )
            )
        ).ToDictionary(row => row.Key, row => row.Sums);
        return
        [
            .. expected
                .Keys.Union(counted.Keys)
                .Where(key => expected.GetValueOrDefault(key) != counted.GetValueOrDefault(key))
                .Order()
                .Take(3)
                .Select(key => new Violation(
                    "I7",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{of} {key.Item1} on {key.Item2:yyyy-MM-dd}: views, seconds and views with an ad are "
                            + $"{counted.GetValueOrDefault(key)}, sent were {expected.GetValueOrDefault(key)}"
                    )
                )),
        ];
    }

    private sealed record View(string Content, string Id, DateOnly Day, long Seconds, bool Completed, string? Ad)
    {
        public static View Read(string body)
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            var at = root.GetProperty("viewedAt").GetDateTimeOffset().ToOffset(TimeSpan.FromHours(9));
            return new View(
                root.GetProperty("contentId").GetString()!,
                root.GetProperty("viewId").GetString()!,
                DateOnly.FromDateTime(at.DateTime),
                root.GetProperty("watchedSeconds").GetInt64(),
                root.GetProperty("completed").GetBoolean(),
                root.GetProperty("adId").GetString()
            );
        }
    }
}
