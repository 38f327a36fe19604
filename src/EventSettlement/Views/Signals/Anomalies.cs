using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Views.Signals;

/// <summary>A count of views that was not to be expected.</summary>
/// <param name="What">
/// <c>content</c>, <c>ad</c> or <c>whole</c>: its views of a day; <c>hour</c>: of all in the running hour;
/// <c>member_burst</c>, <c>ad_burst</c>: a content's of a day by one member, or with one ad.
/// </param>
/// <param name="Id">Of the content or ad; empty for the whole.</param>
/// <param name="SourceId">The member or ad of a burst, else empty.</param>
/// <param name="Start">The day in Seoul, or the begin of the hour in UTC.</param>
/// <param name="Low">From low to high, both included, it would have been ordinary.</param>
/// <param name="Since">The first of the days, one after the other, on which it was so.</param>
public sealed record AnomalyRow(
    string What,
    string Id,
    string SourceId,
    string Start,
    long Observed,
    decimal Expected,
    long Low,
    long High,
    string Since,
    string Sentence
);

/// <summary>How often something ordinary may have been taken for an anomaly, by the installation's own days.</summary>
/// <param name="Judged">Counts of the last 28 days that were judged.</param>
/// <param name="Outside">Of them outside of their band: the false alarms, and what was truly wrong.</param>
/// <param name="Rate">Their share, so false alarms are at most so many; null = none was judged.</param>
public sealed record FalseAlarmRate(string What, long Judged, long Outside, decimal? Rate);

/// <summary>What was found, by its start, and how good that is.</summary>
internal sealed record FoundAnomalies(
    IReadOnlyList<(AnomalyRow Row, double Distance)> Rows,
    IReadOnlyList<FalseAlarmRate> Rates,
    IReadOnlyList<string> Notes
);

/// <summary>Which anomalies are asked for.</summary>
/// <param name="By">Null = of all kinds.</param>
/// <param name="Id">Of a content or ad; null = all.</param>
internal sealed record AnomalyFilter(string? By, string? Id, DateOnly? From, DateOnly? To)
{
    /// <summary>A question that spans more would be answered for minutes.</summary>
    private const int MostDays = 92;

    public static readonly string[] Bys = ["content", "ad", "whole"];

    /// <summary>No view is older.</summary>
    private static readonly DateOnly Earliest = new(2000, 1, 1);

    /// <exception cref="ProblemException">Naming the parameter that is wrong.</exception>
    public static AnomalyFilter Of(string? by, string? id, DateOnly? from, DateOnly? to)
    {
        if (by is not null && !Bys.Contains(by))
            throw ProblemException.Invalid("/by", "is content, ad or whole");
        if (by == "whole" && id is not null)
            throw ProblemException.Invalid("/id", "is of a content or an ad: the whole has none");
        if (from < Earliest || to < Earliest)
            throw ProblemException.Invalid(from < Earliest ? "/from" : "/to", "is 2000-01-01 or later");
        if (from > to)
            throw ProblemException.Invalid("/to", "is not before from");
        return new AnomalyFilter(by, PlainText.Optional(id, "/id"), from, to);
    }

    /// <summary>The days that are meant; the last seven and today where none are named.</summary>
    /// <exception cref="ProblemException">They are too many.</exception>
    public (DateOnly From, DateOnly To) Days(DateOnly today)
    {
        var to = To is null || To > today ? today : To.Value;
        var from = From ?? to.AddDays(-7);
        return to.DayNumber - from.DayNumber < MostDays
            ? (from, to)
            : throw ProblemException.Invalid("/from", $"is at most {MostDays - 1} days before to");
    }

    public bool Asks(string by) => (By is null || By == by) && (by != "whole" || Id is null);
}
