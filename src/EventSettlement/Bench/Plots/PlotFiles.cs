namespace EventSettlement.Bench.Plots;

/// <summary>A plot in a folder, as SVG and as PNG.</summary>
internal static class PlotFiles
{
    public static void Write(string folder, string name, BarPlot plot)
    {
        var picture = plot.Draw();
        SvgFile.Write(picture, Path.Combine(folder, name + ".svg"));
        PngFile.Write(picture, Path.Combine(folder, name + ".png"));
    }
}
