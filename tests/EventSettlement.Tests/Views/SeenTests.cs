using System.Text;
using EventSettlement.Views.Seen;

namespace EventSettlement.Tests.Views;

public sealed class SeenTests
{
    private const int KnownDays = 43;

    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Murmur2_is_that_of_kafka_s_default_partitioner(string key, int expected) =>
        Assert.Equal(expected, unchecked((int)Murmur2.Compute(Encoding.UTF8.GetBytes(key))));

    [Fact]
    public void Identities_that_are_stored_mean_the_same_views_for_ever()
    {
        var view = ViewIdentity.Of("C-1"u8, "V-1"u8);
        Assert.Equal(view, ViewIdentity.Of("C-1"u8, "V-1"u8));
        Assert.NotEqual(view, ViewIdentity.Of("C-1V"u8, "-1"u8));
        Assert.NotEqual(view, ViewIdentity.Of("V-1"u8, "C-1"u8));
        Assert.Equal((uint)ViewIdentity.BucketOf("C-1"u8) % 8, (Murmur2.Compute("C-1"u8) & 0x7FFF_FFFF) % 8);
    }

    [Fact]
    public void A_view_is_new_once_and_no_other_is_taken_for_it()
    {
        var table = new SeenTable();
        const int views = 200_000;
        for (var i = 0; i < views; i++)
            Assert.True(table.Add(Of(i), day: 20_000 + (i % 30), today: 20_030, KnownDays));
        for (var i = 0; i < views; i++)
            Assert.False(table.Add(Of(i), day: 20_030, today: 20_030, KnownDays));
        Assert.Equal(views, table.Used);
        Assert.InRange(table.Bytes, views * 10L, views * 16L);
    }

    [Fact]
    public void A_view_is_known_for_its_days_and_counts_anew_after_them()
    {
        var table = new SeenTable();
        Assert.True(table.Add(Of(1), day: 20_000, today: 20_000, KnownDays));
        Assert.False(table.Add(Of(1), day: 20_043, today: 20_043, KnownDays));
        Assert.True(table.Add(Of(1), day: 20_044, today: 20_044, KnownDays));
        Assert.False(table.Add(Of(1), day: 20_044, today: 20_044, KnownDays));
    }

    [Fact]
    public void What_has_expired_takes_no_room_in_the_long_run()
    {
        var table = new SeenTable();
        const int daily = 2000;
        for (var day = 0; day < 300; day++)
        for (var i = 0; i < daily; i++)
            Assert.True(table.Add(Of((day * daily) + i), 20_000 + day, 20_000 + day, KnownDays));
        Assert.InRange(table.Bytes, 1, (KnownDays + 2) * daily * 20L);
    }

    [Fact]
    public void Blocks_hold_what_was_packed_also_joined()
    {
        ViewIdentity[] first = [Of(1), Of(2)],
            second = [Of(3)];
        var joined = SeenBlock.Join([SeenBlock.Pack(first), SeenBlock.Pack(second)]);
        Assert.Equal(3 * SeenBlock.BytesAView, joined.Length);
        Assert.Equal([.. first, .. second], Enumerable.Range(0, 3).Select(i => SeenBlock.At(joined, i)));
    }

    private static ViewIdentity Of(int i) => ViewIdentity.Of("C"u8, Encoding.ASCII.GetBytes(i.ToString("D")));
}
