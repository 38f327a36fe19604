using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EventSettlement.Facts;

/// <summary>Single values of a body; a wrong one is told, read over to its end, and null.</summary>
public ref struct FactReader
{
    /// <summary>UTF-16 units of a key that a pointer shows.</summary>
    private const int LongestName = 64;

    private readonly byte[] _body;
    private readonly FactProblems _problems;
    private Utf8JsonReader _json;

    internal FactReader(byte[] body, FactProblems problems)
    {
        // The reader may go a little deeper than the rule, so that the rule is told and not a syntax error.
        _json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = FactBody.MaxDepth + 2 });
        (_body, _problems) = (body, problems);
    }

    private readonly JsonTokenType Token => _json.TokenType;

    internal JsonTokenType Next()
    {
        if (!_json.Read())
            throw new JsonException("the body ends early", null, 0, _json.BytesConsumed);
        return _json.TokenType;
    }

    /// <summary>Nothing may follow the value; the reader itself throws when something does.</summary>
    internal void End()
    {
        while (_json.Read())
            continue;
    }

    /// <summary>The value as an object: each of its fields is read, none stands twice, none lacks.</summary>
    /// <returns>False when it is no object.</returns>
    public bool Object<T>(
        string pointer,
        string rule,
        T fields,
        FieldReading<T> read,
        params ReadOnlySpan<string> required
    )
    {
        if (Token != JsonTokenType.StartObject)
        {
            Skip(pointer);
            _problems.Add(FactCodes.WrongType, pointer, rule);
            return false;
        }

        var names = new HashSet<string>(required.Length, StringComparer.Ordinal);
        while (NextName(pointer, names) is { } name)
            read(ref this, name, fields);
        foreach (var needed in required)
            if (!names.Contains(needed))
                _problems.Add(FactCodes.Missing, $"{pointer}/{needed}", $"{needed} is required");
        return true;
    }

    /// <summary>The value as an array of some to so many elements.</summary>
    /// <returns>Elements seen, right or wrong.</returns>
    public int Array<T>(string pointer, string rule, int most, T fields, ElementReading<T> read)
    {
        if (Token != JsonTokenType.StartArray)
        {
            Skip(pointer);
            _problems.Add(FactCodes.WrongType, pointer, rule);
            return 0;
        }

        var seen = 0;
        while (Next() != JsonTokenType.EndArray)
        {
            var place = seen++;
            if (place < most)
                read(ref this, place, fields);
            else
                Skip($"{pointer}/{place}");
        }

        if (seen == 0 || seen > most)
            _problems.Add(FactCodes.OutOfRange, pointer, rule);
        return seen;
    }

    /// <summary>Not asked for: its value is read over.</summary>
    public void Unknown(string parent, string name) => Skip(Pointer(parent, name));

    /// <summary>Not asked for where nothing else may stand: told, and its value is read over.</summary>
    public void Refuse(string parent, string name)
    {
        Skip(Pointer(parent, name));
        _problems.Add(FactCodes.UnknownField, Pointer(parent, name), "is no field here");
    }

    /// <summary>The value as it is written, for whoever reads it; nothing of it is judged.</summary>
    /// <returns>JSON in UTF-8.</returns>
    public ReadOnlySpan<byte> Written()
    {
        var begin = (int)_json.TokenStartIndex;
        _json.Skip();
        return _body.AsSpan(begin, (int)_json.BytesConsumed - begin);
    }

    /// <summary>The next field's name with the reader on its value, or null at the object's end.</summary>
    private string? NextName(string parent, HashSet<string> names)
    {
        if (Next() == JsonTokenType.EndObject)
            return null;
        var name = Text();
        if (name is null)
            Unnamed(parent);
        else if (!names.Add(name))
            _problems.Add(FactCodes.DuplicateKey, Pointer(parent, name), "a key stands once in an object");
        Next();
        return name ?? "";
    }

    public string? Id(string pointer)
    {
        const string rule = $"an id is {FactId.Rule}, or an integer";
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
        return FactId.IsRight(text) ? text : Wrong<string>(FactCodes.BadText, pointer, rule);
    }

    /// <returns>Null where the value is null, which is right, or wrong.</returns>
    public string? IdOrNull(string pointer) => Token == JsonTokenType.Null ? null : Id(pointer);

    public bool? Boolean(string pointer)
    {
        if (Token is JsonTokenType.True or JsonTokenType.False)
            return Token == JsonTokenType.True;
        Skip(pointer);
        _problems.Add(FactCodes.WrongType, pointer, "true or false");
        return null;
    }

    public long? Integer(string pointer, long max)
    {
        if (_json.TokenType != JsonTokenType.Number)
            return WrongValue(FactCodes.WrongType, pointer, "a number is written as a JSON number");
        if (_json.ValueSpan.ContainsAny(".eE"u8) || _json.ValueSpan.SequenceEqual("-0"u8))
            return WrongValue(FactCodes.NotInteger, pointer, "a whole number, written without fraction or exponent");
        return _json.TryGetInt64(out var value) && value >= 0 && value <= max
            ? value
            : WrongValue(FactCodes.OutOfRange, pointer, FormattableString.Invariant($"from 0 to {max}"));
    }

    public DateTime? Instant(string pointer)
    {
        var text = _json.TokenType == JsonTokenType.String ? Text() : null;
        if (_json.TokenType == JsonTokenType.String)
        {
            if (text is not null && FactTimes.TryRead(text, out var at))
                return at;
            _problems.Add(FactCodes.BadTime, pointer, FactTimes.Rule);
            return null;
        }

        Skip(pointer);
        _problems.Add(FactCodes.WrongType, pointer, FactTimes.Rule);
        return null;
    }

    /// <summary>A day of the calendar, such as 2026-11-01.</summary>
    public DateOnly? Date(string pointer)
    {
        const string rule = "a date such as 2026-11-01";
        if (_json.TokenType == JsonTokenType.String)
        {
            if (
                DateOnly.TryParseExact(
                    Text(),
                    "yyyy-MM-dd",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var date
                )
            )
                return date;
            _problems.Add(FactCodes.BadTime, pointer, rule);
            return null;
        }

        Skip(pointer);
        _problems.Add(FactCodes.WrongType, pointer, rule);
        return null;
    }

    public string? Currency(string pointer)
    {
        if (_json.TokenType != JsonTokenType.String)
            return Wrong<string>(FactCodes.WrongType, pointer, "currency is text");
        return Text() == "KRW" ? "KRW" : Wrong<string>(FactCodes.WrongCurrency, pointer, "currency is KRW");
    }

    /// <summary>Reads over a value that nobody asks for; even there a key must not stand twice.</summary>
    private void Skip(string pointer)
    {
        var scopes = new Stack<HashSet<string>?>();
        do
        {
            if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                if (_json.CurrentDepth >= FactBody.MaxDepth)
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
                    _problems.Add(
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
        _problems.Add(FactCodes.BadText, pointer, "a key is text; half a surrogate pair is none");

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
        _problems.Add(code, pointer, rule);
        return null;
    }

    private long? WrongValue(string code, string pointer, string rule)
    {
        Skip(pointer);
        _problems.Add(code, pointer, rule);
        return null;
    }
}

/// <summary>Reads one element of an array.</summary>
public delegate void ElementReading<in T>(ref FactReader json, int place, T fields);
