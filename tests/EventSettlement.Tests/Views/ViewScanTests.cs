using System.Text;
using EventSettlement.Views;
using EventSettlement.Views.Intake;

namespace EventSettlement.Tests.Views;

/// <summary>The fast way reads what the strict reader reads, or nothing.</summary>
public sealed class ViewScanTests
{
    private const string Usual =
        "{\"viewId\":\"V-1\",\"memberId\":\"M-1\",\"contentId\":\"C-1\",\"watchedSeconds\":1234,\"completed\":true,"
        + "\"adId\":\"A-7\",\"viewedAt\":\"2026-11-20T10:11:12+09:00\"}";

    private static readonly DateTime Now = new(2026, 11, 21, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void The_contract_s_own_example_is_read_the_fast_way()
    {
        Assert.True(ViewScan.TryRead(Encoding.UTF8.GetBytes(Usual), out var view));
        Assert.Equal("V-1", Encoding.UTF8.GetString(view.ViewId));
        Assert.Equal("C-1", Encoding.UTF8.GetString(view.ContentId));
        Assert.Equal("A-7", Encoding.UTF8.GetString(view.AdId));
        Assert.Equal(1234, view.WatchedSeconds);
        Assert.True(view.Completed);
        Assert.Equal(new DateTime(2026, 11, 20, 1, 11, 12, DateTimeKind.Utc), ViewDays.ToTime(view.ViewedAt));
    }

    [Theory]
    [InlineData("\"A-7\"", "null")]
    [InlineData("\"V-1\"", "7")]
    [InlineData("\"V-1\"", "0")]
    [InlineData("\"C-1\"", "\"콘텐츠-1\"")]
    [InlineData("true", "false")]
    [InlineData(",\"adId\":\"A-7\"", "")]
    [InlineData("12+09:00", "12.5Z")]
    [InlineData("12+09:00", "12.123456789-03:30")]
    [InlineData("2026-11-20", "2024-02-29")]
    [InlineData("1234", "86400")]
    [InlineData(",\"completed\"", " , \"completed\"")]
    public void Usual_spellings_are_read_the_fast_way_and_alike(string from, string to)
    {
        var body = Usual.Replace(from, to, StringComparison.Ordinal);
        Assert.True(ViewScan.TryRead(Encoding.UTF8.GetBytes(body), out _), body);
        Alike(body);
    }

    [Theory]
    [InlineData("\"V-1\"", "007")]
    [InlineData("\"V-1\"", "-0")]
    [InlineData("\"V-1\"", "\"\"")]
    [InlineData("\"V-1\"", "\"V\\u002d1\"")]
    [InlineData("1234", "86401")]
    [InlineData("1234", "1.0")]
    [InlineData("1234", "\"1234\"")]
    [InlineData("true", "1")]
    [InlineData("2026-11-20", "2026-02-30")]
    [InlineData("10:11:12", "24:00:00")]
    [InlineData("10:11:12", "10:11:60")]
    [InlineData("+09:00", "+15:00")]
    [InlineData("+09:00", "")]
    [InlineData("\"memberId\":\"M-1\",", "")]
    [InlineData("\"memberId\"", "\"viewId\"")]
    [InlineData("}", ",\"more\":1}")]
    [InlineData("}", "} x")]
    [InlineData("}", "")]
    public void What_is_unusual_is_left_to_the_strict_reader(string from, string to) =>
        Assert.False(
            ViewScan.TryRead(Encoding.UTF8.GetBytes(Usual.Replace(from, to, StringComparison.Ordinal)), out _)
        );

    [Fact]
    public void Ids_of_64_characters_are_taken_and_of_65_are_not()
    {
        foreach (var letter in new[] { "x", "가", "🎬" })
        foreach (var length in new[] { 64, 65 })
        {
            var body = Usual.Replace("C-1", string.Concat(Enumerable.Repeat(letter, length)));
            Assert.Equal(length == 64, ViewScan.TryRead(Encoding.UTF8.GetBytes(body), out _));
            Alike(body);
        }
    }

    [Fact]
    public void Bytes_changed_at_random_are_never_read_otherwise_than_by_the_strict_reader()
    {
        const int seed = 20261128;
        var random = new Random(seed);
        var alphabet = "{}\":,.-+0123456789TZtznullV\\é€ \t"u8.ToArray();
        var fast = 0;
        for (var round = 0; round < 60_000; round++)
        {
            var body = Encoding.UTF8.GetBytes(Usual);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                body[random.Next(body.Length)] = alphabet[random.Next(alphabet.Length)];
            fast += Alike(body) ? 1 : 0;
        }

        Assert.True(fast > 1000, $"only {fast} of the bodies of seed {seed} were usual");
    }

    private static void Alike(string body) => Alike(Encoding.UTF8.GetBytes(body));

    /// <returns>Whether it was read the fast way.</returns>
    private static bool Alike(byte[] body)
    {
        if (!ViewScan.TryRead(body, out var view))
            return false;
        // A time ahead is a matter of the clock, which the scan leaves to its caller.
        var now = ViewDays.ToTime(view.ViewedAt) > Now ? ViewDays.ToTime(view.ViewedAt) : Now;
        var problems = ViewFactDecoder.Decode(body, now, out var fact);
        var text = Encoding.UTF8.GetString(body);
        Assert.True(fact is not null, $"{text}: {string.Join("; ", problems)}");
        Assert.Equal(fact.ViewId, Encoding.UTF8.GetString(view.ViewId));
        Assert.Equal(fact.MemberId, Encoding.UTF8.GetString(view.MemberId));
        Assert.Equal(fact.ContentId, Encoding.UTF8.GetString(view.ContentId));
        Assert.Equal(fact.AdId ?? "", Encoding.UTF8.GetString(view.AdId));
        Assert.Equal(fact.WatchedSeconds, view.WatchedSeconds);
        Assert.Equal(fact.Completed, view.Completed);
        Assert.Equal(fact.ViewedAt, ViewDays.ToTime(view.ViewedAt));
        return true;
    }
}
