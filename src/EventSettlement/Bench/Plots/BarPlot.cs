using System.Globalization;

namespace EventSettlement.Bench.Plots;

/// <summary>Numbers as bars below each other, each with its name before it and its value behind it.</summary>
/// <param name="Notes">Where and when it was measured, and what a reader must know; a line each.</param>
internal sealed record BarPlot(string Title, IReadOnlyList<Bar> Bars, IReadOnlyList<string> Notes)
{
    private const int Margin = 24;
    private const int Gap = 12;
    private const int Row = 28;
    private const int BarHeight = 20;
    private const int LongestBar = 480;
    private const int TitleScale = 3;
    private const int TextScale = 2;

    private static readonly Color[] Colors = [new(0x1F, 0x5F, 0xA8), new(0x7F, 0xB2, 0xE5), new(0x9A, 0x9A, 0x9A)];

    /// <summary>Bars begin at 0 and are as long as their values, the greatest fills the width.</summary>
    public Picture Draw()
    {
        var names = Bars.Max(bar => Letters.WidthOf(bar.Name, TextScale));
        var greatest = Bars.Max(bar => bar.Value);
        var (left, y) = (Margin + names + Gap, Margin);
        var boxes = new List<Box>();
        var lines = new List<Line> { new(Margin, y, Title, TitleScale) };
        y += Letters.HeightOf(TitleScale) + Row;
        foreach (var note in Notes)
        {
            lines.Add(new Line(Margin, y, note, TextScale));
            y += Row - (Gap / 2);
        }

        y += Row;
        foreach (var bar in Bars)
        {
            var length = Math.Max(1, (int)Math.Round(LongestBar * bar.Value / greatest));
            var text = y + ((BarHeight - Letters.HeightOf(TextScale)) / 2);
            boxes.Add(new Box(left, y, length, BarHeight, Colors[(int)bar.Kind]));
            lines.Add(new Line(Margin, text, bar.Name, TextScale));
            var value = bar.Value.ToString("N0", CultureInfo.InvariantCulture);
            lines.Add(new Line(left + length + Gap, text, value, TextScale));
            y += Row;
        }

        var right = lines.Max(line => line.X + Letters.WidthOf(line.Text, line.Scale));
        return new Picture(right + Margin, y + Margin, string.Join('\n', [Title, .. Notes]), boxes, lines);
    }
}

/// <summary>One number.</summary>
internal sealed record Bar(string Name, double Value, BarKind Kind);

internal enum BarKind
{
    /// <summary>Measured here.</summary>
    Measured,

    /// <summary>Measured here, under the harder condition.</summary>
    MeasuredHarder,

    /// <summary>What is compared with.</summary>
    Beside,
}
