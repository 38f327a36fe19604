using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Views.Signals;

/// <summary>Which forecasts are asked for, and which page of them; of views and of what they earn alike.</summary>
/// <param name="Most">Rows of the page.</param>
/// <param name="Place">Creators after this one.</param>
internal sealed record ForecastFilter(string By, int Most, string Place)
{
    public static readonly string[] Bys = ["creator", "whole"];

    public bool IsWhole => By == "whole";

    /// <exception cref="ProblemException">Naming the parameter that is wrong.</exception>
    public static ForecastFilter Of(string by, int? limit, string? after)
    {
        if (!Bys.Contains(by))
            throw ProblemException.Invalid("/by", "is creator or whole");
        var (most, place) = (Paging.Limit(limit), Paging.Decode(after) ?? "");
        return PlainText.IsPlain(place) ? new ForecastFilter(by, most, place) : throw Paging.Unknown();
    }
}
