using System.Text;
using EventSettlement.Facts;
using EventSettlement.StudyRefunds.Facts;

namespace EventSettlement.Tests.StudyRefunds;

public sealed class BadFactTests
{
    [Theory]
    [InlineData("30000", "0.5", "not_integer", "/depositPerMember")]
    [InlineData("30000", "3.0", "not_integer", "/depositPerMember")]
    [InlineData("30000", "1e3", "not_integer", "/depositPerMember")]
    [InlineData("30000", "9007199254740993", "out_of_range", "/depositPerMember")]
    [InlineData("30000", "99999999999999999999999", "out_of_range", "/depositPerMember")]
    [InlineData("30000", "4503599627370496", "out_of_range", "/depositPerMember")]
    [InlineData("30000", "-1", "out_of_range", "/depositPerMember")]
    [InlineData("30000", "\"30000\"", "wrong_type", "/depositPerMember")]
    [InlineData("30000", "null", "wrong_type", "/depositPerMember")]
    [InlineData("30000", "[1,{\"a\":2}]", "wrong_type", "/depositPerMember")]
    [InlineData("30000", "NaN", "malformed", "")]
    [InlineData("30000", "030000", "malformed", "")]
    [InlineData(":3000,", ":-3000,", "out_of_range", "/penaltyPerAbsence")]
    [InlineData("\"KRW\"", "\"USD\"", "wrong_currency", "/currency")]
    [InlineData("\"KRW\"", "7", "wrong_type", "/currency")]
    [InlineData("\"KRW\"", "\"\\ud800\"", "wrong_currency", "/currency")]
    [InlineData("\"currency\":", "\"\\ud800\":1,\"currency\":", "bad_text", "")]
    [InlineData("\"currency\":", "\"x\":{\"\\ud800\":1},\"currency\":", "bad_text", "/x")]
    [InlineData("2026-11-19T22:10:00+09:00", "1970-01-01T00:00:00Z", "out_of_range", "/completedAt")]
    [InlineData("2026-11-19T22:10:00+09:00", "9999-12-31T23:59:59Z", "out_of_range", "/completedAt")]
    [InlineData("2026-11-19T22:10:00+09:00", "2026-11-21T00:00:01Z", "out_of_range", "/completedAt")]
    [InlineData("2026-11-19T22:10:00+09:00", "2026-11-19T22:10:00", "bad_time", "/completedAt")]
    [InlineData("2026-11-19T22:10:00+09:00", "2026-02-30T22:10:00Z", "bad_time", "/completedAt")]
    [InlineData("2026-11-19T22:10:00+09:00", "2026-11-19T22:10:00.1234509:+09:00", "bad_time", "/completedAt")]
    [InlineData("2026-11-19T22:10:00+09:00", "2026-11-19T22:10:00.0000000-:T.Z", "bad_time", "/completedAt")]
    [InlineData("2026-11-19T22:10:00+09:00", "yesterday", "bad_time", "/completedAt")]
    [InlineData("\"2026-11-19T22:10:00+09:00\"", "1763557800", "wrong_type", "/completedAt")]
    [InlineData("\"S-1001\"", "\"\"", "bad_text", "/studyId")]
    [InlineData("\"S-1001\"", "\"S\\u0000\"", "bad_text", "/studyId")]
    [InlineData("\"S-1001\"", "\"S\\ud800\"", "bad_text", "/studyId")]
    [InlineData("\"S-1001\"", "7.0", "not_integer", "/studyId")]
    [InlineData("\"S-1001\"", "true", "wrong_type", "/studyId")]
    [InlineData(
        "\"S-1001\"",
        "\"a23456789b23456789c23456789d23456789e23456789f23456789g23456789h2345\"",
        "bad_text",
        "/studyId"
    )]
    [InlineData("\"M-2\"", "\"M-1\"", "duplicate_member", "/participants/1/memberId")]
    [InlineData("\"absences\":2", "\"absences\":10001", "out_of_range", "/participants/0/absences")]
    [InlineData("\"absences\":2", "\"absent\":2", "missing_field", "/participants/0/absences")]
    [InlineData("{\"memberId\":\"M-1\",\"absences\":2}", "7", "wrong_type", "/participants/0")]
    [InlineData("\"currency\":\"KRW\",", "", "missing_field", "/currency")]
    [InlineData("\"currency\"", "\"studyId\"", "duplicate_key", "/studyId")]
    [InlineData("\"currency\":", "\"x\":1,\"\\u0078\":1,\"currency\":", "duplicate_key", "/x")]
    [InlineData("\"currency\":", "\"x\":{\"y\":[{\"z\":1,\"z\":2}]},\"currency\":", "duplicate_key", "/x")]
    [InlineData("\"currency\":", "\"\U0001F600\":{\"z\":1,\"z\":2},\"currency\":", "duplicate_key", "/\U0001F600")]
    [InlineData("\"absences\":2", "\"absences\":2,\"absences\":2", "duplicate_key", "/participants/0/absences")]
    [InlineData("}]}", "}]", "malformed", "")]
    [InlineData("}]}", "}]} {}", "malformed", "")]
    [InlineData("}]}", "},]}", "malformed", "")]
    public void Each_broken_rule_has_one_outcome(string from, string to, string code, string pointer)
    {
        var decoded = FactBodies.Spoilt(from, to);
        Assert.Null(decoded.Fact);
        Assert.Equal((code, pointer), (decoded.Problems[0].Code, decoded.Problems[0].Pointer));
    }

    [Fact]
    public void A_long_key_is_cut_between_two_characters()
    {
        var key = new string('k', 63) + "\U0001F600";
        var decoded = FactBodies.Spoilt("\"currency\":", $"\"{key}\":{{\"z\":1,\"z\":2}},\"currency\":");
        Assert.Equal("/" + new string('k', 63), decoded.Problems[0].Pointer);
    }

    [Fact]
    public void A_fraction_may_have_any_length() =>
        Assert.NotNull(FactBodies.Spoilt("22:10:00+09:00", $"22:10:00.{new string('1', 5_000)}Z").Fact);

    [Theory]
    [InlineData("", "malformed")]
    [InlineData(" ", "malformed")]
    [InlineData("null", "wrong_type")]
    [InlineData("[]", "wrong_type")]
    [InlineData("\"text\"", "wrong_type")]
    [InlineData("NaN", "malformed")]
    [InlineData("\uFEFF{}", "malformed")]
    [InlineData("{}", "missing_field")]
    public void A_body_that_is_no_object_is_refused(string body, string code) =>
        Assert.Equal(code, FactBodies.Decode(body).Problems[0].Code);

    [Fact]
    public void A_null_body_is_refused() =>
        Assert.Equal("null_body", StudyFactDecoder.Decode(null, FactBodies.Now).Problems.Single().Code);

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Equal(
            "malformed",
            StudyFactDecoder.Decode([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8], FactBodies.Now).Problems.Single().Code
        );

    [Fact]
    public void A_body_over_900_KB_is_refused_and_one_below_is_read()
    {
        var spaces = new string(' ', FactBody.MaxBytes - Encoding.UTF8.GetByteCount(FactBodies.Good));
        Assert.NotNull(FactBodies.Decode(FactBodies.Good + spaces).Fact);
        Assert.Equal("too_large", FactBodies.Decode(FactBodies.Good + spaces + " ").Problems.Single().Code);
    }

    [Theory]
    [InlineData(63, null)]
    [InlineData(64, "too_deep")]
    [InlineData(10_000, "too_deep")]
    public void Levels_are_counted(int levels, string? code)
    {
        var deep = string.Concat(Enumerable.Repeat("[", levels)) + string.Concat(Enumerable.Repeat("]", levels));
        var decoded = FactBodies.Spoilt("\"currency\":", $"\"x\":{deep},\"currency\":");
        Assert.Equal(code, decoded.Problems.Count == 0 ? null : decoded.Problems[0].Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void Participants_are_1_to_10000(int count)
    {
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"memberId":{{i}},"absences":0}"""));
        var decoded = FactBodies.Decode(
            $$"""
            {"studyId":1,"completedAt":"2026-11-19T00:00:00Z","currency":"KRW","depositPerMember":1,
            "penaltyPerAbsence":1,
            "participants":[{{members}}]}
            """
        );
        Assert.Equal(
            ("out_of_range", "/participants"),
            (decoded.Problems.Single().Code, decoded.Problems.Single().Pointer)
        );
    }

    [Fact]
    public void No_more_than_twenty_problems_are_told() =>
        Assert.Equal(
            20,
            FactBodies.Spoilt("[{", "[" + string.Concat(Enumerable.Repeat("7,", 100)) + "{").Problems.Count
        );

    [Fact]
    public void A_truncated_body_is_refused_at_every_byte()
    {
        var good = Encoding.UTF8.GetBytes(FactBodies.Good.TrimEnd());
        for (var length = 0; length < good.Length; length++)
            Assert.Null(StudyFactDecoder.Decode(good[..length], FactBodies.Now).Fact);
    }
}
