using System.Globalization;

namespace EventSettlement.Views.Signals;

/// <summary>What is told of a month's forecast. In views or in won; null where there is not enough history.</summary>
/// <param name="Low">Nine in ten times it comes to something from low to high.</param>
/// <param name="MeasuredOn">What is past and was forecast likewise; empty where nothing was.</param>
internal sealed record ForecastFigures(
    long? SoFar,
    long? Expected,
    long? Low,
    long? High,
    decimal? ErrorPercent,
    decimal? NaiveErrorPercent,
    string MeasuredOn,
    string Sentence
)
{
    private const string NotEnough =
        "Not enough history: of a past month with 14 days before its forecast, something must have come.";

    public static ForecastFigures None(string why) => new(null, null, null, null, null, null, "", why);

    /// <param name="running">Null = there is not enough history.</param>
    /// <param name="first">First day of the history.</param>
    /// <param name="unit">Such as <c>views</c>.</param>
    public static ForecastFigures Of(RunningMonth? running, DateOnly first, DateOnly today, string who, string unit)
    {
        if (running is null || MonthForecast.Measured(running) is not { } told)
            return None(NotEnough);
        var measuredOn = MonthForecast.MeasuredOn(first, today);
        var (error, naive) = (Percent(told.Error), Percent(told.NaiveError));
        var sentence = string.Create(
            CultureInfo.InvariantCulture,
            $"{who}: {told.Expected:N0} {unit} expected in {today:yyyy-MM}, {told.SoFar:N0} of them so far; nine in "
                + $"ten times {told.Low:N0} to {told.High:N0}. On {measuredOn} such forecasts were {error} % off, "
                + $"the week before taken again {naive} %."
        );
        return new(told.SoFar, told.Expected, told.Low, told.High, error, naive, measuredOn, sentence);
    }

    private static decimal Percent(double share) => Math.Round((decimal)(share * 100), 1);
}
