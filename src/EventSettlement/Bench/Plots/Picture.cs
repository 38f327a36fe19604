namespace EventSettlement.Bench.Plots;

/// <summary>What is drawn, in pixels from the upper left; the same for every kind of file.</summary>
/// <param name="Description">What it shows, where and when it was measured; files carry it as text too.</param>
internal sealed record Picture(
    int Width,
    int Height,
    string Description,
    IReadOnlyList<Box> Boxes,
    IReadOnlyList<Line> Lines
);

/// <summary>A filled rectangle.</summary>
internal sealed record Box(int X, int Y, int Width, int Height, Color Color);

/// <summary>One line of text; X and Y are its upper left.</summary>
/// <param name="Scale">How many pixels wide and high a dot of its letters is.</param>
internal sealed record Line(int X, int Y, string Text, int Scale);

internal readonly record struct Color(byte Red, byte Green, byte Blue);
