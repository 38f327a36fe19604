using System.Globalization;
using System.Net;
using EventSettlement.Platform;
using Microsoft.AspNetCore.Html;

namespace EventSettlement.Pages;

/// <summary>Numbers, money, days and times as all pages show them.</summary>
public static class Figures
{
    public static string Number(decimal value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Nought steps back, so that the numbers that count are seen.</summary>
    public static HtmlString Faint(decimal value) =>
        value == 0 ? new HtmlString("<span class=\"zero\">0</span>") : new HtmlString(Number(value));

    /// <summary>Such as <c>12.5 %</c>; a dash where there is no whole.</summary>
    public static string Share(long part, long whole) =>
        whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100m * part / whole:0.0} %");

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) =>
        Kst(time).ToString("MM-dd HH:mm:ss 'KST'", CultureInfo.InvariantCulture);

    public static DateTimeOffset Kst(DateTimeOffset time) => time.ToOffset(Seoul.Offset);

    public static HtmlString State(string state) =>
        new(
            $"<span class=\"state {WebUtility.HtmlEncode(state.ToLowerInvariant())}\">"
                + $"{WebUtility.HtmlEncode(state)}</span>"
        );
}
