using System.Globalization;
using System.Text;

namespace EventSettlement.Cli;

/// <summary>
/// Text of others as people may have it: no character of it moves the cursor, names a window or turns a line round.
/// Files and programs get the text as it is.
/// </summary>
internal static class Visible
{
    /// <summary>In one line.</summary>
    public static string Line(string text)
    {
        if (!text.Any(Commands))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            if (Commands(c))
                shown.Append(Escaped(c));
            else
                shown.Append(c);
        return shown.ToString();
    }

    /// <summary>With its own line ends.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split('\n').Select(Line));

    // C0, DEL and C1; marks, embeddings, overrides and isolates of writing from right to left.
    private static bool Commands(char c) =>
        char.IsControl(c)
        || c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static string Escaped(char c) =>
        c switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
        };
}
