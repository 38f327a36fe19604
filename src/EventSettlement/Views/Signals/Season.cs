namespace EventSettlement.Views.Signals;

/// <summary>What repeats itself in a series of counts, and over which stretch its level is read.</summary>
/// <param name="Length">Counts after which the same is expected again.</param>
/// <param name="Level">Counts before one that tell how high the series stands there.</param>
/// <param name="Trim">Of these so many largest and smallest tell nothing: one wrong day moves no level.</param>
internal sealed record Season(int Length, int Level, int Trim)
{
    public static readonly Season OfDays = new(7, 7, 2);
    public static readonly Season OfHours = new(7 * 24, 24, 6);

    /// <summary>Counts that must lie before one that is judged.</summary>
    public int LeastHistory => 4 * Length;
}

/// <summary>What a count was expected to be; from low to high, both included, it is ordinary.</summary>
internal readonly record struct Band(double Expected, long Low, long High)
{
    /// <summary>Views that it must be away from what was expected to be worth a person's time.</summary>
    public const int LeastDifference = 20;

    public bool Holds(long observed) =>
        (observed >= Low && observed <= High) || Math.Abs(observed - Expected) < LeastDifference;

    /// <summary>From what was expected, in widths of the band on its side; for ranking.</summary>
    public double Distance(long observed) =>
        Math.Abs(observed - Expected) / (observed > Expected ? High - Expected + 1 : Expected - Low + 1);
}
