using System.Text;
using System.Text.RegularExpressions;
using EventSettlement.Tests.Fuzz.Shared;

namespace EventSettlement.Tests.Fuzz.Intake;

/// <summary>One body out of another: a value or a name exchanged, or bytes turned, cut, doubled, spliced.</summary>
internal sealed partial class FactMutation(Random random, IReadOnlyList<byte[]> bodies)
{
    private static readonly byte[] Edges =
    [
        .. " \"\\{}[],:-.e09u"u8,
        0,
        1,
        0x1f,
        0x7f,
        0x80,
        0xbf,
        0xc0,
        0xc3,
        0xed,
        0xef,
        0xff,
    ];

    private static readonly string[] Names =
    [
        "studyId",
        "completedAt",
        "currency",
        "depositPerMember",
        "penaltyPerAbsence",
        "participants",
        "memberId",
        "absences",
        "StudyId",
        "x",
        "",
        "a/b~c",
        "\\u0000",
        "\\ud800",
        "st\\u0075dyId",
        "s\\u0074udyId",
    ];

    private static readonly (string Text, (int At, int Length)[] Tokens)[] Texts =
    [
        .. FactCorpus.Texts.Select(t => (t, Token().Matches(t).Select(m => (m.Index, m.Length)).ToArray())),
    ];

    public byte[] Next()
    {
        var body = random.Next(10) < 6 ? Encoding.UTF8.GetBytes(Spell()) : [.. Strange.Any(random, bodies)];
        for (var steps = random.Next(4) > 0 ? 0 : random.Next(1, 4); steps > 0; steps--)
            body = Bytes(body);
        return body;
    }

    /// <summary>What stays JSON for the most part.</summary>
    private string Spell()
    {
        var (text, tokens) = Texts[random.Next(4) == 0 ? random.Next(Texts.Length) : random.Next(13)];
        if (tokens.Length == 0)
            return text;
        var (at, length) = Strange.Any(random, tokens);
        var token = text.Substring(at, length);
        var named = at + length < text.Length && text[at + length] == ':';
        var other = random.Next(8) switch
        {
            0 => $"{token},{token}",
            1 => "",
            2 => $"{Strange.JsonValue(random)},{token}",
            3 => $"\"{Strange.Any(random, Names)}\":{Strange.JsonValue(random)},{token}",
            4 => TimeNearby(),
            _ => named ? $"\"{Strange.Any(random, Names)}\"" : Strange.JsonValue(random),
        };
        return string.Concat(text.AsSpan(0, at), other, text.AsSpan(at + length));
    }

    private string TimeNearby()
    {
        var time = new StringBuilder("2026-11-19T22:10:00.1234567+09:00");
        for (var steps = random.Next(1, 3); steps > 0; steps--)
            time[random.Next(time.Length)] = Strange.Any(random, "0123456789-+:.TZ".ToCharArray());
        if (random.Next(2) == 0)
            time.Insert(random.Next(time.Length), Strange.Any(random, "0123456789-+:.TZ".ToCharArray()));
        return $"\"{time}\"";
    }

    private byte[] Bytes(byte[] body)
    {
        if (body.Length == 0)
            return [(byte)random.Next(256)];
        var at = random.Next(body.Length);
        var end = Math.Min(body.Length, at + random.Next(1, 30));
        switch (random.Next(9))
        {
            case 0:
                body[at] ^= (byte)(1 << random.Next(8));
                return body;
            case 1:
                body[at] = Strange.Any(random, Edges);
                return body;
            case 2:
                return [.. body[..at], Strange.Any(random, Edges), .. body[at..]];
            case 3:
                return [.. body[..at], .. body[end..]];
            case 4:
                return [.. body[..end], .. body[at..]];
            case 5:
                return body[..at];
            case 6:
                return [.. body[..at], .. Encoding.UTF8.GetBytes(Strange.JsonValue(random)), .. body[at..]];
            case 7:
                return [.. Strange.Any(random, bodies), .. body];
            default:
                var other = Strange.Any(random, bodies);
                return [.. body[..at], .. other[random.Next(other.Length + 1)..]];
        }
    }

    [GeneratedRegex(
        """
            "(?:[^"\\]|\\.)*"|-?[0-9.]+|\{[^{}]*\}|\[[^\[\]]*\]
            """
    )]
    private static partial Regex Token();
}
