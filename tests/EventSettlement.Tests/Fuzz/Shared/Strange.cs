using System.Globalization;
using System.Text;

namespace EventSettlement.Tests.Fuzz.Shared;

/// <summary>What nobody sends on purpose, and what is sent on purpose to break something.</summary>
public static class Strange
{
    /// <summary>Texts as they are, without quotes or escapes.</summary>
    public static readonly string[] Texts =
    [
        "",
        " ",
        "0",
        "-1",
        "1",
        "7",
        "null",
        "true",
        "NaN",
        "1e400",
        "0.5",
        "9007199254740993",
        "99999999999999999999",
        "\0",
        "a\0b",
        "\u0007",
        "\r\nX: y",
        "\u001b[31m",
        "\u0085",
        "\u2028",
        "\uFEFF",
        "\uFFFD",
        "\u202Etxt.exe",
        "가나다",
        "스터디 1",
        "👩‍👩‍👧",
        "é",
        "e\u0301",
        "ﷺ",
        "=1+1",
        "+cmd",
        "@sum",
        "-5",
        "'; DROP TABLE study;--",
        "\" OR 1=1",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "%00",
        "%2F..%2F",
        "../../etc/passwd",
        "a/b",
        "a~b",
        "a,b",
        "a|b",
        "C:\\x",
        "\\",
        "\"",
        "'",
        "[red]",
        "%s%n",
        "1970-01-01",
        "9999-12-31",
        "2026-11-21",
        "2026-11-21T10:00:00+09:00",
        "2026-11-21T10:00:00",
        "00000000-0000-0000-0000-000000000001",
        "study-refund",
        "FAILED",
        "failed,COMPLETED",
        "KRW",
        "USD",
        "study-completed",
    ];

    /// <summary>JSON values at the edges, wrong ones and no JSON at all.</summary>
    public static readonly string[] Json =
    [
        "0",
        "-0",
        "1",
        "-1",
        "0.5",
        "1.0",
        "3e2",
        "1E400",
        "-1e-400",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "1" + new string('0', 400),
        "10000",
        "10001",
        "64",
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
        "+1",
        ".5",
        "1.",
        "0x10",
        "1_000",
        "null",
        "true",
        "false",
        "TRUE",
        "undefined",
        "{}",
        "[]",
        "[[]]",
        "[{}]",
        "{\"a\":1}",
        "{\"a\":1,\"a\":2}",
        "[1,]",
        "{\"a\":1,}",
        "\"\"",
        "\" \"",
        "\"7\"",
        "\"KRW\"",
        "\"krw\"",
        "\"USD\"",
        "\"KRW \"",
        "\"K\\u0052W\"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"\\x41\"",
        "\"\u0001\"",
        "\"\n\"",
        "'a'",
        "\"\uFEFF\"",
        "\"\u0085\"",
        "\"\u2028\"",
        "\"가\"",
        "\"=1+1\"",
        "\"<script>\"",
        "\"1970-01-01T00:00:00Z\"",
        "\"2000-01-01T00:00:00Z\"",
        "\"1999-12-31T23:59:59.999999Z\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"9999-12-31T23:59:59-14:00\"",
        "\"0001-01-01T00:00:00+14:00\"",
        "\"0000-01-01T00:00:00Z\"",
        "\"2026-11-21T00:00:00Z\"",
        "\"2026-11-21T00:00:00.0000001Z\"",
        "\"2026-02-29T00:00:00Z\"",
        "\"2024-02-29T00:00Z\"",
        "\"2026-11-19T24:00:00Z\"",
        "\"2026-11-19T23:59:60Z\"",
        "\"2026-11-19T22:10:00+14:01\"",
        "\"2026-11-19T22:10:00+09:60\"",
        "\"2026-11-19T22:10:00.1234567890123Z\"",
        "\"2026-11-19T22:10:00.Z\"",
        "\"2026-11-19t22:10:00z\"",
        "\"2026-11-19 22:10:00Z\"",
        "\"2026-11-19T22:10:00,5Z\"",
        "\"2026-11-19T22:10:00\"",
        "\"2026-11-19T22:10:00+0900\"",
        "\"1763557800\"",
        "1763557800",
        "\"2026-11-19T22:10:00.0000000-:T.+09:00\"",
        "\"２０２６-11-19T22:10:00Z\"",
    ];

    /// <summary>Most are short; now and then one is as long as anything may be.</summary>
    public static string Text(Random random) =>
        random.Next(40) switch
        {
            0 => new string((char)random.Next('a', 'z'), random.Next(200, 2_000)),
            1 => new string('가', random.Next(60, 130)),
            2 => Any(random, Texts) + Any(random, Texts),
            3 => Noise(random, random.Next(1, 70)),
            _ => Any(random, Texts),
        };

    public static string JsonValue(Random random) =>
        random.Next(30) switch
        {
            0 => Nested(random.Next(1, 80), random.Next(2) == 0),
            1 => Quoted(Text(random)),
            2 => Quoted(new string('x', random.Next(60, 70))),
            3 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
            4 => new string('9', random.Next(1, 70)),
            _ => Any(random, Json),
        };

    public static string Nested(int levels, bool objects) =>
        objects
            ? string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels)
            : new string('[', levels) + new string(']', levels);

    /// <summary>As a JSON string; what must be escaped is.</summary>
    public static string Quoted(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
            _ =
                c is '"' or '\\' or < ' ' || char.IsSurrogate(c)
                    ? json.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture))
                    : json.Append(c);
        return json.Append('"').ToString();
    }

    public static T Any<T>(Random random, IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private static string Noise(Random random, int length)
    {
        var text = new StringBuilder(length);
        while (text.Length < length)
            if (random.Next(3) > 0)
                text.Append((char)random.Next(' ', 127));
            else if (Rune.TryCreate(random.Next(0x20000), out var rune))
                text.Append(rune.ToString());
        return text.ToString();
    }
}
