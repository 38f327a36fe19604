using EventSettlement.Views.Raw;
using EventSettlement.Views.Signals;

namespace EventSettlement.Tests.Views.Signals;

public sealed class BurstTests
{
    [Fact]
    public void One_member_with_most_views_of_a_content_is_a_burst()
    {
        var counts = Ordinary();
        Add(counts, "C-7", "M-9", null, 60);
        var burst = Assert.Single(counts.Find());
        Assert.Equal((true, "C-7", "M-9", 60L), (burst.IsMember, burst.Content, burst.Source, burst.Observed));
        Assert.InRange(burst.Of, 61, 600);
        Assert.InRange(burst.Band.Expected, 1, 1.5);
    }

    [Fact]
    public void Ordinary_views_have_no_bursts()
    {
        for (var seed = 1; seed <= 20; seed++)
            Assert.Empty(Ordinary(seed).Find());
    }

    [Fact]
    public void A_small_share_of_a_content_s_views_is_no_burst()
    {
        var counts = Ordinary();
        for (var member = 0; member < 1_000; member++)
            Add(counts, "C-7", $"N-{member}", null, 1);
        Add(counts, "C-7", "M-9", null, 60);
        Assert.Empty(counts.Find());
    }

    [Fact]
    public void An_ad_that_comes_with_a_content_far_more_than_elsewhere_is_a_burst()
    {
        var counts = Ordinary();
        for (var member = 0; member < 60; member++)
            Add(counts, "C-7", $"N-{member}", "A-1", 1);
        var burst = Assert.Single(counts.Find());
        Assert.Equal((false, "C-7", "A-1"), (burst.IsMember, burst.Content, burst.Source));
        Assert.True(burst.Band.High < burst.Observed, $"{burst}");
    }

    [Fact]
    public void Where_nearly_nobody_watches_nothing_can_be_told()
    {
        var counts = new BurstCounts();
        Add(counts, "C-1", "M-1", null, 500);
        Assert.Empty(counts.Find());
    }

    /// <summary>20 contents, 10 ads, 3,000 views of 2,000 members.</summary>
    private static BurstCounts Ordinary(int seed = 1)
    {
        var (random, counts) = (new Random(seed), new BurstCounts());
        for (var view = 0; view < 3_000; view++)
            Add(
                counts,
                $"C-{random.Next(20)}",
                $"M-{random.Next(2_000)}",
                random.Next(3) == 0 ? $"A-{random.Next(10)}" : null,
                1
            );
        return counts;
    }

    private static void Add(BurstCounts counts, string content, string member, string? ad, int views)
    {
        for (var view = 0; view < views; view++)
            counts.Add(
                new RawView
                {
                    Content = content,
                    Member = member,
                    Ad = ad,
                }
            );
    }
}
