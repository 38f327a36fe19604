namespace EventSettlement.Views.Signals;

/// <summary>A count outside its band.</summary>
/// <param name="At">Its place in the series.</param>
/// <param name="Since">Place of the first of the counts up to it that were all outside on the same side.</param>
internal readonly record struct Deviation(int At, long Observed, Band Band, int Since);

/// <summary>How many counts were judged, and how many of them were outside of their band.</summary>
internal readonly record struct Judged(long Counts, long Outside)
{
    public static Judged operator +(Judged one, Judged other) =>
        new(one.Counts + other.Counts, one.Outside + other.Outside);
}

/// <summary>Finds the counts of a series that are outside of what was expected. Pure.</summary>
internal static class Deviations
{
    /// <summary>Of a series that is looked at alone: one ordinary count in 1,000 is outside.</summary>
    public const double RareOfOne = 3.29;

    /// <summary>Of one among very many, or that is looked at every hour: one in 100,000.</summary>
    public const double RareOfMany = 4.42;

    /// <param name="from">The first place that is judged, if enough lies before it.</param>
    /// <param name="measured">From this place on it is counted how many were outside.</param>
    public static (List<Deviation> Found, Judged Judged) Find(
        long[] counts,
        Season season,
        double z,
        int from,
        int measured
    )
    {
        var expectation = new Expectation(counts, season);
        var found = new List<Deviation>();
        var judged = default(Judged);
        for (var at = Math.Max(from, season.LeastHistory); at < counts.Length; at++)
        {
            var isMeasured = at >= measured;
            judged += new Judged(isMeasured ? 1 : 0, 0);
            // Most counts are near what was expected, and need no band.
            if (Math.Abs(counts[at] - expectation.ExpectedAt(at)) < Band.LeastDifference)
                continue;
            var band = expectation.BandAt(at, z);
            if (band.Holds(counts[at]))
                continue;
            judged += new Judged(0, isMeasured ? 1 : 0);
            var before = found.Count > 0 && found[^1].At == at - 1 ? found[^1] : (Deviation?)null;
            var goesOn = before is { } b && b.Observed > b.Band.High == counts[at] > band.High;
            found.Add(new Deviation(at, counts[at], band, goesOn ? before!.Value.Since : at));
        }

        return (found, judged);
    }
}
