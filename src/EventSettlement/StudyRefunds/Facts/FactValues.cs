using System.Text;
using System.Text.Json;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>Single values of a body; a wrong one is told, read over to its end, and null.</summary>
internal ref struct FactValues(Utf8JsonReader json)
{
    /// <summary>UTF-16 units of a key that a pointer shows.</summary>
    private const int LongestName = 64;

    private Utf8JsonReader _json = json;

    public FactFields Fields { get; } = new();

    public readonly JsonTokenType Token => _json.TokenType;

    public JsonTokenType Next()
    {
        if (!_json.Read())
            throw new JsonException("the body ends early", null, 0, _json.BytesConsumed);
        return _json.TokenType;
    }

    /// <summary>Nothing may follow the value; the reader itself throws when something does.</summary>
    public void End()
    {
        while (_json.Read())
            continue;
    }

    /// <summary>The next field's name with the reader on its value, or null at the object's end.</summary>
    public string? NextName(string parent, HashSet<string> names)
    {
        if (Next() == JsonTokenType.EndObject)
            return null;
        var name = Text();
        if (name is null)
            Unnamed(parent);
        else if (!names.Add(name))
            Fields.Break(FactCodes.DuplicateKey, Pointer(parent, name), "a key stands once in an object");
        Next();
        return name ?? "";
    }

    public string? Id(string pointer)
    {
        const string rule = "an id is text of 1 to 64 characters without control characters, or an integer";
        var text = _json.TokenType switch
        {
            JsonTokenType.String => Text(),
            JsonTokenType.Number => Encoding.ASCII.GetString(_json.ValueSpan),
            _ => null,
        };
        if (
            _json.TokenType == JsonTokenType.Number
            && text is not null
            && (text.AsSpan().ContainsAny(".eE") || text == "-0")
        )
            return Wrong<string>(FactCodes.NotInteger, pointer, rule);
        if (text is null)
            return Wrong<string>(
                _json.TokenType == JsonTokenType.String ? FactCodes.BadText : FactCodes.WrongType,
                pointer,
                rule
            );
        return text.Length is 0 or > 128 || text.EnumerateRunes().Count() > 64 || text.Any(char.IsControl)
            ? Wrong<string>(FactCodes.BadText, pointer, rule)
            : text;
    }

    public long? Integer(string pointer, long max)
    {
        if (_json.TokenType != JsonTokenType.Number)
            return WrongValue(FactCodes.WrongType, pointer, "a number is written as a JSON number");
        if (_json.ValueSpan.ContainsAny(".eE"u8))
            return WrongValue(FactCodes.NotInteger, pointer, "a whole number, written without fraction or exponent");
        return _json.TryGetInt64(out var value) && value >= 0 && value <= max
            ? value
            : WrongValue(FactCodes.OutOfRange, pointer, FormattableString.Invariant($"from 0 to {max}"));
    }

    public DateTime? Instant(string pointer)
    {
        const string rule = "a time such as 2026-11-19T22:10:00+09:00, with its offset";
        var text = _json.TokenType == JsonTokenType.String ? Text() : null;
        if (_json.TokenType == JsonTokenType.String)
        {
            if (text is not null && FactTimes.TryRead(text, out var at))
                return at;
            Fields.Break(FactCodes.BadTime, pointer, rule);
            return null;
        }

        Skip(pointer);
        Fields.Break(FactCodes.WrongType, pointer, rule);
        return null;
    }

    public string? Currency(string pointer)
    {
        if (_json.TokenType != JsonTokenType.String)
            return Wrong<string>(FactCodes.WrongType, pointer, "currency is text");
        return Text() == "KRW" ? "KRW" : Wrong<string>(FactCodes.WrongCurrency, pointer, "currency is KRW");
    }

    /// <summary>Reads over a value that nobody asks for; even there a key must not stand twice.</summary>
    public void Skip(string pointer)
    {
        var scopes = new Stack<HashSet<string>?>();
        do
        {
            if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                if (_json.CurrentDepth >= StudyFactDecoder.MaxDepth)
                    throw new TooDeepException();
                scopes.Push(
                    _json.TokenType == JsonTokenType.StartObject ? new HashSet<string>(StringComparer.Ordinal) : null
                );
            }
            else if (_json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                scopes.Pop();
            }
            else if (_json.TokenType == JsonTokenType.PropertyName)
            {
                if (Text() is not { } name)
                    Unnamed(pointer);
                else if (!scopes.Peek()!.Add(name))
                    Fields.Break(
                        FactCodes.DuplicateKey,
                        pointer,
                        "a key stands once in an object, also inside an unknown field"
                    );
            }
        } while (scopes.Count > 0 && Next() != JsonTokenType.None);
    }

    /// <summary>RFC 6901, with control characters shown, so that a pointer can be stored and printed.</summary>
    public static string Pointer(string parent, string name)
    {
        var text = new StringBuilder(parent).Append('/');
        // Not between the two halves of one character.
        var shown =
            name.Length <= LongestName
                ? name
                : name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)];
        foreach (var c in shown)
            _ = c switch
            {
                '~' => text.Append("~0"),
                '/' => text.Append("~1"),
                _ when char.IsControl(c) => text.Append("\\u").Append(((int)c).ToString("x4", null)),
                _ => text.Append(c),
            };
        return text.ToString();
    }

    // Whether two such keys are one cannot be told, so neither is taken.
    private readonly void Unnamed(string pointer) =>
        Fields.Break(FactCodes.BadText, pointer, "a key is text; half a surrogate pair is none");

    // Half a surrogate pair, escaped, is valid JSON and no text; the reader says so with this exception only.
    private readonly string? Text()
    {
        try
        {
            return _json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private T? Wrong<T>(string code, string pointer, string rule)
        where T : class
    {
        Skip(pointer);
        Fields.Break(code, pointer, rule);
        return null;
    }

    private long? WrongValue(string code, string pointer, string rule)
    {
        Skip(pointer);
        Fields.Break(code, pointer, rule);
        return null;
    }
}

/// <summary>Levels past the limit; the body is not read on.</summary>
internal sealed class TooDeepException : JsonException;
