using System.Globalization;

namespace EventSettlement.Views.Signals;

/// <summary>Why a count is an anomaly, in words. Pure.</summary>
internal static class AnomalySentences
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static string OfDay(string what, string id, DateOnly day, Deviation found, DateOnly since) =>
        string.Create(
            Invariant,
            $"{Name(what, id)} had {found.Observed:N0} views on {day:yyyy-MM-dd}: {Expected(found.Band)}"
                + $"{(since == day ? "" : string.Create(Invariant, $", so since {since:yyyy-MM-dd}"))}."
        );

    /// <param name="minutes">Of the hour that have passed.</param>
    public static string OfHour(DateTime seoul, int minutes, long observed, Band band) =>
        string.Create(
            Invariant,
            $"All contents had {observed:N0} views in the first {minutes} minutes of {seoul:yyyy-MM-dd HH:mm} KST: "
                + $"{Expected(band)}."
        );

    public static string OfBurst(Burst burst, DateOnly day)
    {
        var share = string.Create(Invariant, $"{burst.Observed:N0} of the {burst.Of:N0} views");
        return burst.IsMember
            ? string.Create(
                Invariant,
                $"Member {burst.Source} made {share} of content {burst.Content} on {day:yyyy-MM-dd}: whoever watches "
                    + $"a content does so {burst.Band.Expected:0.0} times a day, "
                    + $"up to {burst.Band.High:N0} are ordinary."
            )
            : string.Create(
                Invariant,
                $"Ad {burst.Source} was shown in {share} with an ad of content {burst.Content} on {day:yyyy-MM-dd}: "
                    + $"by its share elsewhere {burst.Band.Expected:N1} were expected, "
                    + $"up to {burst.Band.High:N0} are ordinary."
            );
    }

    public static string OfRate(FalseAlarmRate rate) =>
        rate.Rate is null
            ? string.Create(
                Invariant,
                $"Not enough history of {Many(rate.What)}: 28 days must lie before one that is judged."
            )
            : string.Create(
                Invariant,
                $"Of {rate.Judged:N0} {Many(rate.What)} judged in the last 28 days {rate.Outside:N0} were outside of "
                    + $"their band: at most {rate.Rate * 100:0.####} % false alarms."
            );

    private static string Many(string what) =>
        what switch
        {
            "content" => "days of contents",
            "ad" => "days of ads",
            "whole" => "days of the whole",
            _ => "hours of the whole",
        };

    private static string Name(string what, string id) =>
        what switch
        {
            "content" => "Content " + id,
            "ad" => "Ad " + id,
            _ => "All contents",
        };

    private static string Expected(Band band) =>
        string.Create(Invariant, $"{band.Expected:N0} were expected, {band.Low:N0} to {band.High:N0} are ordinary");
}
