using System.Xml.Linq;
using EventSettlement.Bench;
using EventSettlement.Bench.Plots;

namespace EventSettlement.Tests.Bench;

public sealed class PlotTests : IDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly BarPlot Plot = new(
        "Logs a second",
        [new Bar("half", 50, BarKind.Measured), new Bar("whole", 100, BarKind.Beside)],
        ["A <machine> & its cores", "2026-11-28 12:00 UTC"]
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("settle-plots-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Bars_are_as_long_as_their_values_and_told_beside_them()
    {
        var picture = Plot.Draw();
        Assert.Equal(picture.Boxes[1].Width, 2 * picture.Boxes[0].Width);
        Assert.Equal(picture.Boxes[0].X, picture.Boxes[1].X);
        Assert.Contains(
            picture.Lines,
            line => line.Text == "100" && line.X > picture.Boxes[1].X + picture.Boxes[1].Width
        );
    }

    [Fact]
    public void A_value_that_is_next_to_nothing_is_still_to_be_seen()
    {
        var plot = Plot with { Bars = [new Bar("old", 1, BarKind.Beside), new Bar("new", 1e7, BarKind.Measured)] };
        Assert.Equal(1, plot.Draw().Boxes[0].Width);
    }

    [Fact]
    public void Nothing_is_drawn_over_another_or_outside()
    {
        var picture = Plot.Draw();
        var parts = picture
            .Boxes.Select(box => (box.X, box.Y, box.Width, box.Height))
            .Concat(
                picture.Lines.Select(line =>
                    (line.X, line.Y, Letters.WidthOf(line.Text, line.Scale), Letters.HeightOf(line.Scale))
                )
            )
            .ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            var (x, y, width, height) = parts[i];
            Assert.True(x >= 0 && y >= 0 && x + width <= picture.Width && y + height <= picture.Height);
            foreach (var (otherX, otherY, otherWidth, otherHeight) in parts.Skip(i + 1))
                Assert.False(
                    x < otherX + otherWidth && otherX < x + width && y < otherY + otherHeight && otherY < y + height
                );
        }
    }

    [Fact]
    public void An_svg_file_has_all_words_as_text()
    {
        PlotFiles.Write(_folder, "plot", Plot);
        var svg = XDocument.Load(Path.Combine(_folder, "plot.svg"));
        Assert.Equal(Plot.Draw().Lines.Select(line => line.Text), svg.Descendants(Svg + "text").Select(e => e.Value));
        Assert.Equal(3, svg.Descendants(Svg + "rect").Count());
    }

    [Fact]
    public void A_png_file_shows_the_bars_and_the_letters()
    {
        PlotFiles.Write(_folder, "plot", Plot);
        var png = PngPixels.Read(Path.Combine(_folder, "plot.png"));
        var picture = Plot.Draw();
        Assert.Equal((picture.Width, picture.Height), (png.Width, png.Height));
        Assert.Contains(Plot.Notes[0], png.Text["Description"], StringComparison.Ordinal);
        foreach (var box in picture.Boxes)
        {
            Assert.Equal(box.Color, png[box.X, box.Y]);
            Assert.Equal(box.Color, png[box.X + box.Width - 1, box.Y + box.Height - 1]);
            Assert.Equal(new Color(255, 255, 255), png[box.X + box.Width, box.Y]);
        }

        // The L of the title: a column from top to foot, and a foot.
        var (x, y, scale) = (picture.Lines[0].X, picture.Lines[0].Y, picture.Lines[0].Scale);
        string[] letter = ["#....", "#....", "#....", "#....", "#....", "#....", "#####", "....."];
        for (var row = 0; row < letter.Length; row++)
        for (var column = 0; column < letter[row].Length; column++)
            Assert.Equal(
                letter[row][column] == '#' ? default : new Color(255, 255, 255),
                png[x + (column * scale), y + (row * scale)]
            );
    }

    [Theory]
    [InlineData(' ', 0)]
    [InlineData('~', 5)]
    [InlineData('I', 11)]
    [InlineData('한', 9)]
    public void A_letter_has_its_dots_and_a_strange_one_those_of_a_question_mark(char letter, int dots)
    {
        var drawn = Letters.Dots(new Line(0, 0, letter.ToString(), 1)).ToList();
        Assert.Equal(dots, drawn.Count);
        if (letter > '~')
            Assert.Equal(Letters.Dots(new Line(0, 0, "?", 1)), drawn);
    }

    [Fact]
    public void Every_printable_letter_looks_different()
    {
        var looks = Enumerable
            .Range(' ', '~' - ' ' + 1)
            .Select(letter => string.Join(' ', Letters.Dots(new Line(0, 0, ((char)letter).ToString(), 1))))
            .ToList();
        Assert.Equal(looks.Count, looks.Distinct().Count());
    }

    [Fact]
    public void A_machine_is_told_with_its_processor_its_cores_its_memory_and_its_system()
    {
        Assert.Equal(
            "Ryzen 7 : 8",
            MeasuredOn.Model(["processor\t: 0", "model name\t: Ryzen 7 : 8", "model name\t: B"])
        );
        Assert.Null(MeasuredOn.Model(["processor\t: 0", "BogoMIPS\t: 50.00"]));
        Assert.Matches(@"^.+, [0-9]+ cores, [0-9,]+ GB, .+$", MeasuredOn.Describe());
    }
}
