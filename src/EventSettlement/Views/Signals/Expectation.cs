namespace EventSettlement.Views.Signals;

/// <summary>
/// What the next count of a series is expected to be, from the same hour or weekday before, and how far it may be off.
/// Pure. Expected is the median of the counts one, two, … eight seasons ago, each brought to today's level; how far off
/// such expectations were before says how wide the band is, so what is not known of a series makes it wider.
/// </summary>
/// <param name="counts">Without gaps, the oldest first.</param>
internal sealed class Expectation(long[] counts, Season season)
{
    private const int MostSeasons = 8;

    /// <summary>Fewer than this are never expected: of nothing no deviation can be told.</summary>
    private const double Least = 0.5;

    /// <summary>The median of absolute deviations is so much less than a normal deviation.</summary>
    private const double NormalOverMedian = 1.4826;

    /// <summary>The largest deviations may have been what was to be found: so many count as the next one.</summary>
    private const int LeastWild = 2;

    private const int OneInWild = 14;

    private readonly double?[] _deviations = new double?[counts.Length];

    /// <summary>Whether enough lies before that count.</summary>
    public bool CanJudge(int at) => at >= season.LeastHistory;

    /// <summary>What was to be expected by the counts before; the place may be one after the last.</summary>
    public double ExpectedAt(int at)
    {
        Span<double> scaled = stackalloc double[MostSeasons];
        var found = 0;
        var level = LevelBefore(at);
        for (var ago = 1; ago <= MostSeasons; ago++)
        {
            var then = at - (ago * season.Length);
            if (then < season.Level)
                break;
            // One more on both sides: a level of nothing is no factor.
            scaled[found++] = counts[then] * (level + 1) / (LevelBefore(then) + 1);
        }

        return Math.Max(Least, Median(scaled[..found]));
    }

    /// <param name="z">Normal deviations at which the band ends; see <see cref="Quantile"/>.</param>
    /// <param name="share">Of the count's time that has passed.</param>
    public Band BandAt(int at, double z, double share = 1)
    {
        var expected = ExpectedAt(at) * share;
        var variance = expected * DispersionBefore(at);
        return new Band(
            expected,
            (long)Math.Ceiling(Quantile(expected, variance, -z)),
            (long)Math.Floor(Quantile(expected, variance, z))
        );
    }

    /// <summary>
    /// A quantile of the gamma distribution of that mean and variance by Wilson and Hilferty: what a negative binomial
    /// distribution looks like where counts are not tiny, and wider where they are.
    /// </summary>
    /// <param name="z">The quantile of the standard normal distribution; such as 1.645 for 95 in 100.</param>
    public static double Quantile(double mean, double variance, double z)
    {
        var shape = mean * mean / variance;
        // An upper tail falls again where it is wilder than this, down to a band that holds nothing: there it stays.
        if (z >= 1)
            shape = Math.Max(shape, 4 / (9 * z * z));
        var root = 1 - (1 / (9 * shape)) + (z / (3 * Math.Sqrt(shape)));
        return root <= 0 ? 0 : mean * root * root * root;
    }

    /// <summary>Variance over mean, by how far off expectations were; 1 is pure chance, and the least.</summary>
    private double DispersionBefore(int at)
    {
        var first = Math.Max(season.Length + season.Level, at - (MostSeasons * season.Length));
        var sizes = new double[at - first];
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = Math.Abs(DeviationAt(first + i));
        Array.Sort(sizes);
        var median = NormalOverMedian * sizes[sizes.Length / 2];
        var squares = 0.0;
        var tamest = sizes[^(1 + Math.Max(LeastWild, sizes.Length / OneInWild))];
        foreach (var size in sizes)
            squares += Math.Pow(Math.Min(size, tamest), 2);
        // Few deviations may by chance have been small ones.
        return Math.Max(1, Math.Max(median * median, squares / sizes.Length)) * (1 + (2.0 / sizes.Length));
    }

    /// <summary>In deviations of pure chance.</summary>
    private double DeviationAt(int at)
    {
        if (_deviations[at] is { } known)
            return known;
        var expected = ExpectedAt(at);
        return (_deviations[at] = (counts[at] - expected) / Math.Sqrt(expected)).Value;
    }

    private double LevelBefore(int at)
    {
        Span<long> before = stackalloc long[season.Level];
        counts.AsSpan(at - season.Level, season.Level).CopyTo(before);
        before.Sort();
        var sum = 0.0;
        foreach (var count in before[season.Trim..^season.Trim])
            sum += count;
        return sum;
    }

    private static double Median(Span<double> values)
    {
        values.Sort();
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
