namespace EventSettlement.Bench.Plots;

/// <summary>
/// The printable letters of ASCII on five columns of eight dots; others are drawn as a question mark.
/// </summary>
internal static class Letters
{
    /// <summary>Dots above the line that letters stand on.</summary>
    public const int Ascent = 7;

    private const int Columns = 5;
    private const int Rows = 8;
    private const int Advance = Columns + 1;
    private const char First = ' ';

    // From the blank on; a byte a column, its lowest bit on top.
    private static readonly byte[] Shapes = Convert.FromHexString(
        string.Concat(
            "0000000000" + "00005F0000" + "0007000700" + "147F147F14" + "242A7F2A12" + "2313086462" + "3649552250",
            "0005030000" + "001C224100" + "0041221C00" + "14083E0814" + "08083E0808" + "0080603000" + "0808080808",
            "0060600000" + "2010080402" + "3E5149453E" + "00427F4000" + "4261514946" + "2141454B31" + "1814127F10",
            "2745454539" + "3C4A494930" + "0171090503" + "3649494936" + "064949291E" + "0036360000" + "0080763600",
            "0814224100" + "1414141414" + "0041221408" + "0201510906" + "324979413E" + "7E1111117E" + "7F49494936",
            "3E41414122" + "7F4141221C" + "7F49494941" + "7F09090901" + "3E4149497A" + "7F0808087F" + "00417F4100",
            "2040413F01" + "7F08142241" + "7F40404040" + "7F020C027F" + "7F0408107F" + "3E4141413E" + "7F09090906",
            "3E4151215E" + "7F09192946" + "4649494931" + "01017F0101" + "3F4040403F" + "1F2040201F" + "3F4038403F",
            "6314081463" + "0708700807" + "6151494543" + "007F414100" + "0204081020" + "0041417F00" + "0402010204",
            "4040404040" + "0001020400" + "2054545478" + "7F48444438" + "3844444420" + "384444487F" + "3854545418",
            "087E090102" + "18A4A4A47C" + "7F08040478" + "00447D4000" + "2040443D00" + "7F10284400" + "00417F4000",
            "7C04180478" + "7C08040478" + "3844444438" + "FC24242418" + "18242424FC" + "7C08040408" + "4854545420",
            "043F444020" + "3C4040207C" + "1C2040201C" + "3C4030403C" + "4428102844" + "1CA0A0A07C" + "4464544C44",
            "0008364100" + "00007F0000" + "0041360800" + "0201020402"
        )
    );

    /// <summary>In pixels, without the blank column behind the last letter.</summary>
    public static int WidthOf(string text, int scale) => Math.Max(0, (text.Length * Advance) - 1) * scale;

    public static int HeightOf(int scale) => Rows * scale;

    public static IEnumerable<Box> Dots(Line line)
    {
        for (var i = 0; i < line.Text.Length; i++)
        {
            var letter = line.Text[i] is >= First and <= '~' ? line.Text[i] : '?';
            for (var column = 0; column < Columns; column++)
            for (var row = 0; row < Rows; row++)
                if ((Shapes[((letter - First) * Columns) + column] >> row & 1) != 0)
                    yield return new Box(
                        line.X + (((i * Advance) + column) * line.Scale),
                        line.Y + (row * line.Scale),
                        line.Scale,
                        line.Scale,
                        default
                    );
        }
    }
}
