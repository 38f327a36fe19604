using System.Globalization;
using System.Xml.Linq;

namespace EventSettlement.Bench.Plots;

/// <summary>A picture as SVG; text stays text.</summary>
internal static class SvgFile
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static void Write(Picture picture, string path) =>
        new XDocument(
            new XElement(
                Svg + "svg",
                new XAttribute("width", picture.Width),
                new XAttribute("height", picture.Height),
                new XAttribute("viewBox", $"0 0 {picture.Width} {picture.Height}"),
                new XElement(Svg + "title", picture.Lines[0].Text),
                new XElement(Svg + "desc", picture.Description),
                Rectangle(new Box(0, 0, picture.Width, picture.Height, new Color(255, 255, 255))),
                picture.Boxes.Select(Rectangle),
                picture.Lines.Select(Text)
            )
        ).Save(path);

    private static XElement Rectangle(Box box) =>
        new(
            Svg + "rect",
            new XAttribute("x", box.X),
            new XAttribute("y", box.Y),
            new XAttribute("width", box.Width),
            new XAttribute("height", box.Height),
            new XAttribute("fill", $"#{box.Color.Red:x2}{box.Color.Green:x2}{box.Color.Blue:x2}")
        );

    private static XElement Text(Line line) =>
        new(
            Svg + "text",
            new XAttribute("x", line.X),
            // The line that letters stand on.
            new XAttribute("y", line.Y + (Letters.Ascent * line.Scale)),
            new XAttribute("font-family", "monospace"),
            new XAttribute("font-size", (8 * line.Scale).ToString(CultureInfo.InvariantCulture)),
            line.Text
        );
}
