using EventSettlement.Platform;

namespace EventSettlement.Views.Statistics;

/// <summary>Which sums are asked for.</summary>
/// <param name="By"><c>content</c>, <c>ad</c> or <c>creator</c>.</param>
/// <param name="Period"><c>day</c>, <c>week</c> (ISO, by its Monday), <c>month</c> or <c>year</c>, in Seoul.</param>
/// <param name="From">Least first day of a period; null = any.</param>
/// <param name="To">Greatest first day of a period; null = any.</param>
/// <param name="Id">Of a content, ad or creator; null = all.</param>
/// <param name="Top">So many with the most views; null = all, in the order of first day and id.</param>
public sealed record StatisticsFilter(string By, string Period, DateOnly? From, DateOnly? To, string? Id, int? Top)
{
    public const int MaxTop = 10_000;

    public static readonly string[] Bys = ["content", "ad", "creator"];
    public static readonly string[] Periods = ["day", "week", "month", "year"];

    /// <exception cref="ProblemException">Naming the parameter that is wrong.</exception>
    public static StatisticsFilter Of(string? by, string? period, string? from, string? to, string? id, int? top)
    {
        by ??= Bys[0];
        period ??= Periods[0];
        if (!Bys.Contains(by))
            throw ProblemException.Invalid("/by", "is content, ad or creator");
        if (!Periods.Contains(period))
            throw ProblemException.Invalid("/period", "is day, week, month or year");
        if (top is < 1 or > MaxTop)
            throw ProblemException.Invalid("/top", $"is 1 to {MaxTop}");
        return new StatisticsFilter(by, period, Date("/from", from), Date("/to", to), id, top);
    }

    public static DateOnly? Date(string pointer, string? text) =>
        text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date) ? date
        : throw ProblemException.Invalid(pointer, "is a date such as 2026-11-20");
}
