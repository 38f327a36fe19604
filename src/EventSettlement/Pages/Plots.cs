using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Html;

namespace EventSettlement.Pages;

/// <summary>A line of a plot: a value a place, in the order of the places.</summary>
public sealed record PlotLine(string Name, IReadOnlyList<double> Values);

/// <summary>Plots as SVG, drawn here. Each stands above a table of its figures. Pure.</summary>
public static class Plots
{
    private const int Wide = 1000;
    private const int High = 100;
    private const int Cell = 12;
    private const int LeftOfCells = 30;
    private const int RightOfCells = 16;
    private const int AboveCells = 14;

    /// <summary>At most two lines over places in time.</summary>
    /// <param name="what">For those who do not see it.</param>
    /// <param name="shown">A value as text.</param>
    public static HtmlString Lines(
        string what,
        IReadOnlyList<string> places,
        IReadOnlyList<PlotLine> lines,
        Func<double, string> shown
    )
    {
        var top = Top(lines.SelectMany(line => line.Values).DefaultIfEmpty().Max());
        var html = new StringBuilder("<figure class=\"plot\"><figcaption>");
        for (var i = 0; i < lines.Count; i++)
            html.Append(Plain($"<span class=\"key{Second(i)}\">{Text(lines[i].Name)}</span>"));
        html.Append(
            Plain(
                $"""
                </figcaption><div class="y"><span>{Text(shown(top))}</span><span>{Text(shown(top / 2))}</span>
                <span>{Text(shown(0))}</span></div>
                <svg viewBox="0 0 {Wide} {High}" preserveAspectRatio="none" role="img" aria-label="{Text(what)}">
                <line class="grid" x1="0" y1="0" x2="{Wide}" y2="0"/><line class="grid" x1="0" y1="50" x2="{Wide}"
                y2="50"/><line class="grid" x1="0" y1="{High}" x2="{Wide}" y2="{High}"/>
                """
            )
        );
        for (var i = 0; i < lines.Count; i++)
            html.Append(Plain($"<polyline class=\"line{Second(i)}\" points=\"{Points(lines[i].Values, top)}\"/>"));
        Hits(html, places, lines, shown);
        string[] ends = places.Count switch
        {
            0 => [],
            1 => [places[0]],
            2 => [places[0], places[1]],
            _ => [places[0], places[places.Count / 2], places[^1]],
        };
        html.Append("</svg><div class=\"x\">")
            .AppendJoin("", ends.Select(end => $"<span>{Text(end)}</span>"))
            .Append("</div></figure>");
        return new HtmlString(html.ToString());
    }

    /// <summary>A square a day, a column a week from Monday, the darker the more of the busiest day's value.</summary>
    public static HtmlString Calendar(
        string what,
        DateOnly first,
        DateOnly last,
        IReadOnlyDictionary<DateOnly, long> of
    )
    {
        var monday = first.AddDays(-(((int)first.DayOfWeek + 6) % 7));
        var weeks = ((last.DayNumber - monday.DayNumber) / 7) + 1;
        var most = of.Values.DefaultIfEmpty().Max();
        var html = new StringBuilder(
            Plain(
                $"""
                <div class="heat" role="group" tabindex="0" aria-label="{Text(what)}"><svg
                width="{LeftOfCells + (weeks * Cell) + RightOfCells}" height="{AboveCells + (7 * Cell)}" role="img"
                aria-label="{Text(what)}"><text x="0" y="{AboveCells + 9}">Mon</text><text x="0"
                y="{AboveCells + (2 * Cell) + 9}">Wed</text><text x="0" y="{AboveCells + (4 * Cell) + 9}">Fri</text>
                """
            )
        );
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var at = day.DayNumber - monday.DayNumber;
            var x = LeftOfCells + (at / 7 * Cell);
            if (day.Day == 1)
                html.Append(Plain($"<text x=\"{x}\" y=\"9\">{day:MMM}</text>"));
            var value = of.GetValueOrDefault(day);
            html.Append(
                Plain(
                    $"""
                    <rect class="h{Heat(value, most)}" x="{x}" y="{AboveCells + (at % 7 * Cell)}" width="{Cell - 2}"
                     height="{Cell - 2}" rx="2"><title>{day:yyyy-MM-dd ddd}: {value:N0}</title></rect>
                    """
                )
            );
        }

        return new HtmlString(html.Append("</svg></div>").ToString());
    }

    /// <summary>The end of the axis: the value or more, of one digit and zeros, and even where it is halved.</summary>
    private static double Top(double most)
    {
        if (most <= 0)
            return 1;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(most)));
        double[] steps = [1, 2, 4, 6, 8, 10];
        return steps.First(step => step * unit >= most) * unit;
    }

    private static int Heat(long value, long most) =>
        value == 0 ? 0 : Math.Max(1, (int)Math.Ceiling(4.0 * value / most));

    private static string Points(IReadOnlyList<double> values, double top) =>
        values.Count == 1
            ? Plain($"0,{Y(values[0], top):0.##} {Wide},{Y(values[0], top):0.##}")
            : string.Join(' ', values.Select((v, i) => Plain($"{X(i, values.Count):0.##},{Y(v, top):0.##}")));

    /// <summary>A place tells its values under the pointer.</summary>
    private static void Hits(
        StringBuilder html,
        IReadOnlyList<string> places,
        IReadOnlyList<PlotLine> lines,
        Func<double, string> shown
    )
    {
        var width = (double)Wide / Math.Max(1, places.Count - 1);
        for (var i = 0; i < places.Count; i++)
        {
            var told = string.Join(", ", lines.Select(line => $"{line.Name} {shown(line.Values[i])}"));
            html.Append(
                Plain(
                    $"""
                    <rect class="hit" x="{X(i, places.Count) - (width / 2):0.##}" y="0" width="{width:0.##}"
                     height="{High}"><title>{Text($"{places[i]}: {told}")}</title></rect>
                    """
                )
            );
        }
    }

    private static double X(int place, int places) => (double)place * Wide / Math.Max(1, places - 1);

    private static double Y(double value, double top) => High - (value / top * High);

    private static string Second(int line) => line == 0 ? "" : " second";

    private static string Plain(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Text(string value) => WebUtility.HtmlEncode(value);
}
