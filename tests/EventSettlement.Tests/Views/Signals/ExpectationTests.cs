using EventSettlement.Views.Signals;
using Xunit.Abstractions;

namespace EventSettlement.Tests.Views.Signals;

public sealed class ExpectationTests(ITestOutputHelper output)
{
    [Theory]
    // Chi-square with ten degrees of freedom: 23.209 at 99 in 100, 3.940 at 5 in 100, 9.342 in the middle.
    [InlineData(10, 20, 2.3263, 23.209)]
    [InlineData(10, 20, -1.6449, 3.940)]
    [InlineData(10, 20, 0, 9.342)]
    // Gamma with shape 100 and scale 1: 124.7 at 99 in 100.
    [InlineData(100, 100, 2.3263, 124.72)]
    public void A_quantile_is_that_of_the_gamma_distribution(double mean, double variance, double z, double expected) =>
        Assert.Equal(expected, Expectation.Quantile(mean, variance, z), expected * 0.005);

    [Fact]
    public void What_is_the_same_every_week_is_expected_again()
    {
        var counts = Enumerable.Range(0, 35).Select(day => 100L + (10 * (day % 7))).ToArray();
        var expectation = new Expectation(counts, Season.OfDays);
        Assert.Equal(100 + (10 * 3), expectation.ExpectedAt(31), 6);
        var band = expectation.BandAt(31, Deviations.RareOfMany);
        Assert.True(band.Low is > 70 and < 100, $"{band}");
        Assert.True(band.High is > 170 and < 210, $"{band}");
    }

    [Fact]
    public void What_falls_by_half_each_week_is_expected_to_fall_on()
    {
        var counts = Enumerable.Range(0, 42).Select(day => (long)(64_000 * Math.Pow(0.5, day / 7.0))).ToArray();
        var expected = new Expectation(counts, Season.OfDays).ExpectedAt(41);
        Assert.Equal(counts[41], expected, counts[41] * 0.02);
    }

    [Fact]
    public void One_wild_day_moves_what_is_expected_of_the_next_ones_little()
    {
        var calm = Enumerable.Repeat(1_000L, 42).ToArray();
        var wild = (long[])calm.Clone();
        wild[34] = 50_000;
        for (var day = 35; day < 42; day++)
            Assert.Equal(1_000, new Expectation(wild, Season.OfDays).ExpectedAt(day), 1.0);
    }

    [Fact]
    public void Nothing_is_judged_before_four_weeks_are_known()
    {
        var counts = Enumerable.Repeat(100L, 29).ToArray();
        (counts[27], counts[28]) = (10_000, 10_000);
        var (found, judged) = Deviations.Find(counts, Season.OfDays, Deviations.RareOfMany, 0, 0);
        Assert.Equal([28], found.Select(f => f.At));
        Assert.Equal(new Judged(1, 1), judged);
    }

    [Fact]
    public void Days_that_go_on_outside_are_told_since_the_first_of_them()
    {
        var counts = Enumerable.Repeat(1_000L, 40).ToArray();
        (counts[35], counts[36], counts[38]) = (5_000, 5_000, 0);
        var (found, _) = Deviations.Find(counts, Season.OfDays, Deviations.RareOfMany, 0, 0);
        Assert.Equal([(35, 35), (36, 35), (38, 38)], found.Select(f => (f.At, f.Since)));
        Assert.True(found[0].Band.Distance(5_000) > 10);
    }

    [Fact]
    public void Few_views_more_are_nobody_s_business()
    {
        var counts = new long[40];
        counts[35] = Band.LeastDifference;
        Assert.Empty(Deviations.Find(counts, Season.OfDays, Deviations.RareOfMany, 0, 0).Found);
        counts[35] = Band.LeastDifference + 1;
        Assert.Single(Deviations.Find(counts, Season.OfDays, Deviations.RareOfMany, 0, 0).Found);
    }

    [Theory]
    [InlineData(Deviations.RareOfMany)]
    [InlineData(1.645)]
    public void The_wilder_the_days_before_the_wider_the_band(double z)
    {
        var highs = Enumerable.Range(0, 40).Select(n => Expectation.Quantile(10, 10 * Math.Pow(1.6, n), z)).ToList();
        Assert.Equal(highs.Order(), highs);
        Assert.All(highs, high => Assert.True(high > 10));
    }

    [Fact]
    public void A_band_holds_what_is_expected_whatever_was_before()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var mean = Math.Pow(10, random.NextDouble() * 5);
            var counts = new GeneratedDays(mean, random.NextDouble(), random.NextDouble() - 0.5, true).Make(random, 50);
            for (var day = 28; day < 50; day++)
            {
                var band = new Expectation(counts, Season.OfDays).BandAt(day, Deviations.RareOfMany);
                Assert.True(band.Low <= band.Expected && band.Expected <= band.High + 1, $"seed {seed}: {band}");
                Assert.True(band.Low >= 0, $"seed {seed}: {band}");
            }
        }
    }

    /// <summary>What the page of the decision states: how often an ordinary day is called an anomaly.</summary>
    [Fact]
    public void Ordinary_days_are_hardly_ever_called_anomalies_and_three_times_the_views_always()
    {
        GeneratedDays[] kinds =
        [
            new(3, 0, 0, false),
            new(30, 0, 0, false),
            new(300, 0.15, 0, true),
            new(3_000, 0.1, 0.05, true),
            new(20_000, 0.1, -0.3, true),
            new(50, 0.3, 0, true),
        ];
        var (random, all, ofOne) = (new Random(1), default(Judged), default(Judged));
        foreach (var kind in kinds)
        {
            var (many, one) = (default(Judged), default(Judged));
            for (var series = 0; series < 200; series++)
            {
                var counts = kind.Make(random, 84);
                many += Deviations.Find(counts, Season.OfDays, Deviations.RareOfMany, 0, 0).Judged;
                one += Deviations.Find(counts, Season.OfDays, Deviations.RareOfOne, 0, 0).Judged;
            }

            output.WriteLine($"{kind}: of many {many}, of one {one}");
            (all, ofOne) = (all + many, ofOne + one);
        }

        output.WriteLine($"of many {all}, of one {ofOne}");
        Assert.True(all.Outside * 5_000 <= all.Counts, $"{all}");
        Assert.True(ofOne.Outside * 200 <= ofOne.Counts, $"{ofOne}");

        foreach (var (times, least) in (IEnumerable<(int, int)>)[(2, 160), (3, 198)])
        {
            var seen = 0;
            for (var series = 0; series < 200; series++)
            {
                var counts = new GeneratedDays(3_000, 0.1, 0.05, true).Make(random, 60);
                counts[59] *= times;
                seen += Deviations.Find(counts, Season.OfDays, Deviations.RareOfMany, 59, 0).Found.Count;
            }

            output.WriteLine($"{times} times the views: {seen} of 200 were found");
            Assert.True(seen >= least, $"{seen} of 200");
        }
    }
}
