using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace EventSettlement.Tests.Fuzz.Intake;

/// <summary>
/// The rules of the topic read a second time, slowly and from a parsed document, without a line of the product.
/// </summary>
internal sealed class PlainReading
{
    private const long MostAmount = 9_007_199_254_740_991;
    private readonly DateTime _now;

    private PlainReading(DateTime now) => _now = now;

    /// <summary>Code and pointer of every rule that is broken.</summary>
    public HashSet<(string Code, string Pointer)> Problems { get; } = [];

    /// <summary>Two values under one key: which of the two broke another rule is not compared.</summary>
    public bool KeysStandTwice => Problems.Any(p => p.Code == "duplicate_key");

    public string? Study { get; private set; }
    public DateTime? At { get; private set; }
    public BigInteger? Deposit { get; private set; }
    public BigInteger? Penalty { get; private set; }
    public Dictionary<string, int> Absences { get; } = [];

    public static PlainReading Of(byte[] body, DateTime now)
    {
        var reading = new PlainReading(now);
        if (body.Length > 900 * 1024)
            reading.Break("too_large", "");
        else if (!IsJson(body, out var levels))
            reading.Break("malformed", "");
        else if (levels > 64)
            reading.Break("too_deep", "");
        else
            using (var document = JsonDocument.Parse(body))
                reading.ReadStudy(document.RootElement);
        return reading;
    }

    private static bool IsJson(byte[] body, out int levels)
    {
        levels = 0;
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(body);
            var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = body.Length });
            while (json.Read())
                if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    levels = Math.Max(levels, json.CurrentDepth + 1);
            return true;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            // Past the limit nothing is read on, so nobody need know whether it was malformed further on.
            return levels > 64;
        }
    }

    private void ReadStudy(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            Break("wrong_type", "");
            LookInside(root, "");
            return;
        }

        var fields = Fields(
            root,
            "",
            ["studyId", "completedAt", "currency", "depositPerMember", "penaltyPerAbsence", "participants"]
        );
        Study = fields.TryGetValue("studyId", out var id) ? Id(id, "/studyId") : null;
        At = fields.TryGetValue("completedAt", out var at) ? Time(at, "/completedAt") : null;
        if (fields.TryGetValue("currency", out var currency) && !IsText(currency, "KRW"))
            Wrong(currency.ValueKind == JsonValueKind.String ? "wrong_currency" : "wrong_type", "/currency", currency);
        Deposit = fields.TryGetValue("depositPerMember", out var deposit)
            ? Whole(deposit, "/depositPerMember", MostAmount)
            : null;
        Penalty = fields.TryGetValue("penaltyPerAbsence", out var penalty)
            ? Whole(penalty, "/penaltyPerAbsence", MostAmount)
            : null;
        if (fields.TryGetValue("participants", out var list))
            ReadParticipants(list);
    }

    private void ReadParticipants(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            Wrong("wrong_type", "/participants", list);
            return;
        }

        var count = list.GetArrayLength();
        if (count is 0 or > 10_000)
            Break("out_of_range", "/participants");
        if (Deposit * count > MostAmount)
            Break("out_of_range", "/depositPerMember");
        var place = 0;
        foreach (var participant in list.EnumerateArray())
        {
            var pointer = "/participants/" + place.ToString(CultureInfo.InvariantCulture);
            if (place++ >= 10_000)
                LookInside(participant, pointer);
            else if (participant.ValueKind != JsonValueKind.Object)
                Wrong("wrong_type", pointer, participant);
            else
                ReadParticipant(participant, pointer);
        }
    }

    private void ReadParticipant(JsonElement participant, string pointer)
    {
        var fields = Fields(participant, pointer, ["memberId", "absences"]);
        var member = fields.TryGetValue("memberId", out var id) ? Id(id, pointer + "/memberId") : null;
        var absences = fields.TryGetValue("absences", out var count)
            ? Whole(count, pointer + "/absences", 10_000)
            : null;
        if (member is not null && absences is not null && !Absences.TryAdd(member, (int)absences))
            Break("duplicate_member", pointer + "/memberId");
    }

    /// <summary>Known fields by name; missing and doubled ones and the inside of unknown ones are judged.</summary>
    private Dictionary<string, JsonElement> Fields(JsonElement parent, string pointer, string[] known)
    {
        var fields = new Dictionary<string, JsonElement>();
        var seen = new HashSet<string>();
        foreach (var field in parent.EnumerateObject())
        {
            if (Name(field) is not { } name)
            {
                Break("bad_text", pointer);
                LookInside(field.Value, pointer + "/");
                continue;
            }

            if (!seen.Add(name))
                Break("duplicate_key", Escaped(pointer, name));
            if (known.Contains(name))
                fields[name] = field.Value;
            else
                LookInside(field.Value, Escaped(pointer, name));
        }

        foreach (var name in known.Where(name => !seen.Contains(name)))
            Break("missing_field", $"{pointer}/{name}");
        return fields;
    }

    private void LookInside(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Array)
            foreach (var element in value.EnumerateArray())
                LookInside(element, pointer);
        if (value.ValueKind != JsonValueKind.Object)
            return;
        var seen = new HashSet<string>();
        foreach (var field in value.EnumerateObject())
        {
            if (Name(field) is not { } name)
                Break("bad_text", pointer);
            else if (!seen.Add(name))
                Break("duplicate_key", pointer);
            LookInside(field.Value, pointer);
        }
    }

    private string? Id(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            var digits = value.GetRawText();
            if (digits == "-0" || !digits.All(c => c == '-' || char.IsAsciiDigit(c)))
                return Wrong("not_integer", pointer, value);
            return digits.Length <= 64 ? digits : Wrong("bad_text", pointer, value);
        }

        if (value.ValueKind != JsonValueKind.String)
            return Wrong("wrong_type", pointer, value);
        var text = Text(value);
        return
            text is { Length: > 0 }
            && text.Length - text.Count(char.IsLowSurrogate) <= 64
            && !text.Any(c => c < ' ' || c is >= '\u007f' and <= '\u009f')
            ? text
            : Wrong("bad_text", pointer, value);
    }

    private BigInteger? Whole(JsonElement value, string pointer, long most)
    {
        var raw = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "";
        if (raw.Length == 0)
            Wrong("wrong_type", pointer, value);
        else if (raw == "-0" || raw.Contains('.') || raw.Contains('e') || raw.Contains('E'))
            Break("not_integer", pointer);
        else if (
            raw.Length < 30
            && BigInteger.Parse(raw, CultureInfo.InvariantCulture) is var number
            && number >= 0
            && number <= most
        )
            return number;
        else
            Break("out_of_range", pointer);
        return null;
    }

    private DateTime? Time(JsonElement value, string pointer)
    {
        if (value.ValueKind != JsonValueKind.String)
            Wrong("wrong_type", pointer, value);
        else if (Text(value) is not { } text || PlainTime.Read(text) is not { } at)
            Break("bad_time", pointer);
        else if (at.Year < 2000 || at > _now.AddDays(1))
            Break("out_of_range", pointer);
        else
            return at;
        return null;
    }

    private static bool IsText(JsonElement value, string text) =>
        value.ValueKind == JsonValueKind.String && Text(value) == text;

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Name(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Escaped(string pointer, string name)
    {
        var (shown, length) = (new StringBuilder(pointer).Append('/'), 0);
        foreach (var one in name.EnumerateRunes())
            if ((length += one.Utf16SequenceLength) <= 64)
                shown.Append(
                    one.Value switch
                    {
                        '~' => "~0",
                        '/' => "~1",
                        _ when Rune.IsControl(one) => $"\\u{one.Value:x4}",
                        _ => one.ToString(),
                    }
                );
        return shown.ToString();
    }

    private string? Wrong(string code, string pointer, JsonElement value)
    {
        Break(code, pointer);
        LookInside(value, pointer);
        return null;
    }

    private void Break(string code, string pointer) => Problems.Add((code, pointer));
}
