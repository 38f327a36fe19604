using System.Text;
using EventSettlement.Tests.Fuzz.Shared;

namespace EventSettlement.Tests.Fuzz.Intake;

/// <summary>Bodies that mutations start from: good ones in every spelling, and known bad ones.</summary>
internal static class FactCorpus
{
    private const string Good = """
        {"studyId":"S-1001","completedAt":"2026-11-19T22:10:00+09:00","currency":"KRW","depositPerMember":30000,
        "penaltyPerAbsence":3000,"participants":[{"memberId":"M-1","absences":2},{"memberId":"M-2","absences":0}]}
        """;

    public static readonly string[] Texts =
    [
        Good,
        Good.Replace("\"S-1001\"", "7").Replace("\"M-1\"", "7"),
        Good.Replace("22:10:00+09:00", "13:10:00.123456789Z"),
        Good.Replace("22:10:00+09:00", "13:10-00:00"),
        Good.Replace("30000", "4503599627370495"),
        Good.Replace("30000", "0").Replace("3000", "0"),
        Good.Replace("\"absences\":2", "\"absences\":10000"),
        Good.Replace("S-1001", "스터디 👩‍👧 \\u0031"),
        Good.Replace("S-1001", new string('x', 64)),
        Good.Replace("{\"studyId\"", "{\"x\":{\"y\":[1.5,null,{\"z\":\"=1+1\"}]},\"s\\u0074udyId\""),
        Good.Replace(",", " ,\r\n\t").Replace(":", " : ").Replace("22 : 10 : 00+09 : 00", "22:10:00+09:00"),
        Good.Replace("{\"memberId\":\"M-2\"", Many(40) + ",{\"note\":\"\",\"memberId\":\"M-2\""),
        "{\"participants\":[{\"absences\":1,\"memberId\":-12}],\"currency\":\"KRW\","
            + "\"penaltyPerAbsence\":9007199254740991,\"depositPerMember\":9007199254740991,"
            + "\"studyId\":0,\"completedAt\":\"2000-01-01T00:00:00Z\"}",
        "",
        " ",
        "null",
        "{}",
        "[]",
        "\"text\"",
        "NaN",
        "{",
        "\uFEFF{}",
        "\0",
        "[[[[[[",
        "{\"studyId\":1,\"studyId\":2}",
        Good.Replace("KRW", "USD"),
        Good.Replace("2026", "9999"),
        Good.Replace("2026", "1970"),
        Good.Replace("30000", "0.5"),
        Good.Replace("30000", "9007199254740993"),
        Good.Replace("30000", "-1"),
        Good.Replace("M-2", "M-1"),
        Good.Replace("S-1001", "a\\u0000b"),
        Good.Replace("S-1001", "\\ud800"),
        Good.Replace("currency", "\\ud800"),
    ];

    /// <summary>The texts and bytes that are no text.</summary>
    public static IReadOnlyList<byte[]> Bodies { get; } =
    [
        .. Texts.Select(Encoding.UTF8.GetBytes),
        [0xff, 0xfe, 0x00],
        [0xC3, 0x28],
        [.. "{\"a\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8],
    ];

    /// <summary>The largest ones, tried once each: they are slow to mutate.</summary>
    public static IEnumerable<byte[]> Giants()
    {
        foreach (var size in (int[])[9_999, 10_000, 10_001, 30_000])
            yield return Body(Good.Replace("{\"memberId\":\"M-1\",\"absences\":2}", Many(size - 1)));
        foreach (var deep in (int[])[62, 63, 64, 10_000, 400_000])
        foreach (var objects in (bool[])[false, true])
            yield return Body(Good.Replace("\"currency\":", $"\"x\":{Strange.Nested(deep, objects)},\"currency\":"));
        yield return Body(Good.Replace("S-1001", new string('x', 910_000)));
        yield return Body(Good.Replace("30000", new string('9', 910_000)));
        yield return Body(Good + new string(' ', (900 * 1024) - Encoding.UTF8.GetByteCount(Good)));
        yield return Body(Good + new string(' ', (900 * 1024) - Encoding.UTF8.GetByteCount(Good) + 1));
        yield return Body("{" + string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"k{i}\":0")) + "}");
        yield return Body("[" + string.Join(',', Enumerable.Repeat("{}", 300_000)) + "]");
        yield return Body(Good.Replace("[{", "[" + string.Concat(Enumerable.Repeat("7,", 200_000)) + "{"));
        yield return Body(new string('\\', 900_000));
    }

    private static byte[] Body(string text) => Encoding.UTF8.GetBytes(text);

    private static string Many(int members) =>
        string.Join(',', Enumerable.Range(0, members).Select(i => $"{{\"memberId\":\"N{i}\",\"absences\":{i % 4}}}"));
}
