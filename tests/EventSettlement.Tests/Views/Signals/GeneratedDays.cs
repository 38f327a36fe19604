namespace EventSettlement.Tests.Views.Signals;

/// <summary>
/// Counts a day as a real series has them: a week's shape, growth, and beside pure chance a spread of whole days.
/// </summary>
/// <param name="Mean">Of a day at the begin.</param>
/// <param name="Spread">Of days beside pure chance: standard deviation over mean.</param>
/// <param name="Growth">A week: 0.05 = five in a hundred more.</param>
internal sealed record GeneratedDays(double Mean, double Spread, double Growth, bool HasWeek)
{
    private static readonly double[] Week = [1.0, 0.9, 0.95, 1.0, 1.2, 1.5, 1.4];

    public long[] Make(Random random, int days)
    {
        var counts = new long[days];
        for (var day = 0; day < days; day++)
        {
            var mean = Mean * (HasWeek ? Week[day % 7] : 1) * Math.Exp(Growth * day / 7);
            counts[day] = Chance(random, Spread == 0 ? mean : mean * Math.Exp(Spread * Normal(random)));
        }

        return counts;
    }

    /// <summary>Poisson's; a normal distribution where nobody sees the difference.</summary>
    private static long Chance(Random random, double mean)
    {
        if (mean > 200)
            return Math.Max(0, (long)Math.Round(mean + (Math.Sqrt(mean) * Normal(random))));
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0L);
        for (; product > limit; count++)
            product *= random.NextDouble();
        return count;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
