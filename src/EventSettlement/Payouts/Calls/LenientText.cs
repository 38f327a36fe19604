using System.Text;
using System.Text.Json;

namespace EventSettlement.Payouts.Calls;

/// <summary>
/// Strings of other people's JSON. What breaks one, half a character or bytes of another encoding, becomes U+FFFD: a
/// text for people must not take away the answer in which it stands.
/// </summary>
internal static class LenientText
{
    public static string Read(in Utf8JsonReader json) => Read(json, out _);

    /// <param name="isWhole">Nothing of it was broken.</param>
    public static string Read(in Utf8JsonReader json, out bool isWhole)
    {
        isWhole = true;
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            isWhole = false;
            return Unescape(Encoding.UTF8.GetString(json.ValueSpan));
        }
    }

    private static string Unescape(string written)
    {
        var text = new StringBuilder(written.Length);
        for (var i = 0; i < written.Length; i++)
            if (written[i] != '\\')
                text.Append(written[i]);
            else if (written[++i] != 'u')
                text.Append(Simple(written[i]));
            else
            {
                text.Append((char)Convert.ToUInt16(written.Substring(i + 1, 4), 16));
                i += 4;
            }

        // Halves of characters are the only thing in it that is no text.
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.ToString().EnumerateRunes())
            whole.Append(rune.ToString());
        return whole.ToString();
    }

    private static char Simple(char escaped) =>
        escaped switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\b',
            'f' => '\f',
            _ => escaped,
        };
}
