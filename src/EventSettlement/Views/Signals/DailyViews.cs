namespace EventSettlement.Views.Signals;

/// <summary>Views a day, without gaps.</summary>
/// <param name="First">Day of the first of them, Seoul.</param>
/// <param name="AdViews">Of the views those with an ad.</param>
internal sealed record DailyViews(DateOnly First, long[] Views, long[] AdViews)
{
    /// <summary>The day after the last of them.</summary>
    public DateOnly End => First.AddDays(Views.Length);

    /// <summary>May lie before the first or after the last of them.</summary>
    public int PlaceOf(DateOnly day) => day.DayNumber - First.DayNumber;

    /// <summary>The same with days without views before the first.</summary>
    public DailyViews From(DateOnly first)
    {
        var more = PlaceOf(first);
        if (more >= 0)
            return this;
        var nothing = new long[-more];
        return new DailyViews(first, [.. nothing, .. Views], [.. nothing, .. AdViews]);
    }
}
