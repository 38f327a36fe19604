using System.Text;

namespace EventSettlement.Messaging.Log;

/// <summary>
/// Headers of a record, as the text the tables hold: one <c>name TAB value</c> a line, names as sent, order kept.
/// A value that is not clean UTF-8 text, or that would break the lines, stands as <c>name TAB 0x01 base64</c>.
/// </summary>
public readonly struct HeaderMap(string? text) : IEquatable<HeaderMap>
{
    public static readonly HeaderMap Empty = new("");
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly string? _text = text;

    /// <summary>The stored form; empty when there is no header.</summary>
    public string Text => _text ?? "";

    /// <summary>First value under the name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in this)
                if (key == name)
                    return value;
            return null;
        }
    }

    public Enumerator GetEnumerator() => new(Text);

    public IEnumerable<(string Name, byte[] Value)> Bytes()
    {
        foreach (var line in Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            var value = line[(tab + 1)..];
            yield return (
                line[..tab],
                value.StartsWith('\u0001') ? Convert.FromBase64String(value[1..]) : Encoding.UTF8.GetBytes(value)
            );
        }
    }

    /// <summary>
    /// From what a broker holds. Names that would break the lines are kept as base64 with the same mark.
    /// </summary>
    public static HeaderMap From(IEnumerable<(string Name, byte[]? Value)> headers)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in headers)
            text.Append(
                    name.AsSpan().IndexOfAny("\t\n\0") < 0
                        ? name
                        : "\u0001" + Convert.ToBase64String(Encoding.UTF8.GetBytes(name))
                )
                .Append('\t')
                .Append(Line(value ?? []))
                .Append('\n');
        return new HeaderMap(text.ToString());
    }

    public HeaderMap With(string name, string value) =>
        new(Text + name + "\t" + Line(Encoding.UTF8.GetBytes(value)) + "\n");

    public bool Equals(HeaderMap other) => Text == other.Text;

    public override bool Equals(object? obj) => obj is HeaderMap other && Equals(other);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static string Line(byte[] value)
    {
        try
        {
            var text = Strict.GetString(value);
            if (text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0)
                return text;
        }
        catch (DecoderFallbackException)
        {
            // Not text: kept as base64 below.
        }

        return "\u0001" + Convert.ToBase64String(value);
    }

    /// <summary>Walks the pairs without a list.</summary>
    public ref struct Enumerator(string text)
    {
        private ReadOnlySpan<char> _rest = text;

        public (string Name, string Value) Current { get; private set; }

        public bool MoveNext()
        {
            var end = _rest.IndexOf('\n');
            if (end < 0)
                return false;
            var tab = _rest.IndexOf('\t');
            Current = (_rest[..tab].ToString(), _rest[(tab + 1)..end].ToString());
            _rest = _rest[(end + 1)..];
            return true;
        }
    }
}
