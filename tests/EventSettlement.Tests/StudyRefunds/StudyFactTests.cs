using EventSettlement.StudyRefunds;
using EventSettlement.StudyRefunds.Facts;

namespace EventSettlement.Tests.StudyRefunds;

public sealed class StudyFactTests
{
    [Fact]
    public void A_good_body_is_a_fact()
    {
        var fact = FactBodies.Decode(FactBodies.Good).Fact!;
        Assert.Equal(("S-1001", "KRW", 30_000L, 3_000L), (fact.StudyId, fact.Currency, fact.Deposit, fact.Penalty));
        Assert.Equal(new DateTime(2026, 11, 19, 13, 10, 0, DateTimeKind.Utc), fact.CompletedAt);
        Assert.Equal(["M-1", "M-2"], fact.Members);
        Assert.Equal([2, 0], fact.Absences);
    }

    [Theory]
    [InlineData("22:10:00+09:00", "13:10:00Z")]
    [InlineData("22:10:00+09:00", "13:10:00.0000000000Z")]
    [InlineData("22:10:00+09:00", "13:10+00:00")]
    [InlineData(
        "22:10:00+09:00",
        "22:10:00.00000000000000000000000000000000000000000000000000000000000000000000000009+09:00"
    )]
    [InlineData("\"currency\":", "\"unknown\":{\"a\":[1.5,null,\"=1+1\"]},\"currency\":")]
    [InlineData("\"currency\":", "  \"currency\" : ")]
    [InlineData("\"studyId\"", "\"study\\u0049d\"")]
    public void Another_spelling_is_the_same_content(string from, string to) =>
        Assert.Equal(FactBodies.Decode(FactBodies.Good).Fact!.Digest, FactBodies.Spoilt(from, to).Fact!.Digest);

    [Fact]
    public void The_order_of_participants_is_no_content()
    {
        var turned = FactBodies
            .Spoilt(
                """{"memberId":"M-1","absences":2},{"memberId":"M-2","absences":0}""",
                """{"absences":0,"memberId":"M-2"},{"memberId":"M-1","absences":2}"""
            )
            .Fact!;
        Assert.Equal(FactBodies.Decode(FactBodies.Good).Fact!.Digest, turned.Digest);
    }

    [Theory]
    [InlineData("S-1001", "S-1002", "")]
    [InlineData("22:10:00", "22:10:01", "/completedAt")]
    [InlineData("30000", "30001", "/depositPerMember")]
    [InlineData(":3000,", ":3001,", "/penaltyPerAbsence")]
    [InlineData("\"M-2\"", "\"M-3\"", "/participants/1/memberId,/participants")]
    [InlineData("\"absences\":2", "\"absences\":1", "/participants/0/absences")]
    [InlineData(",{\"memberId\":\"M-2\",\"absences\":0}", "", "/participants")]
    public void Other_content_has_another_digest_and_is_pointed_at(string from, string to, string pointers)
    {
        var taken = FactBodies.Decode(FactBodies.Good).Fact!;
        var arrived = FactBodies.Spoilt(from, to).Fact!;
        Assert.NotEqual(taken.Digest, arrived.Digest);
        Assert.Equal(pointers, string.Join(',', StudyDifference.Between(taken, arrived)));
    }

    [Fact]
    public void Seven_and_text_seven_are_one_id()
    {
        var number = FactBodies.Spoilt("\"S-1001\"", "7").Fact!;
        Assert.Equal("7", number.StudyId);
        Assert.Equal(FactBodies.Spoilt("\"S-1001\"", "\"7\"").Fact!.Digest, number.Digest);
        Assert.Equal(
            "duplicate_member",
            FactBodies
                .Decode(
                    FactBodies
                        .Good.Replace("\"M-1\"", "7", StringComparison.Ordinal)
                        .Replace("\"M-2\"", "\"7\"", StringComparison.Ordinal)
                )
                .Problems.Single()
                .Code
        );
    }

    [Theory]
    [InlineData("=cmd|'/c calc'!A1")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("스터디 1")]
    [InlineData("Robert'); DROP TABLE study;--")]
    public void Any_text_without_control_characters_is_an_id(string id) =>
        Assert.Equal(id, FactBodies.Spoilt("S-1001", id).Fact!.StudyId);

    [Fact]
    public void Sample_facts_are_facts_and_the_same_seed_gives_the_same()
    {
        var lines = SampleStudies.Lines(50, 10, 7, new DateOnly(2026, 11, 20)).ToList();
        Assert.Equal(lines, SampleStudies.Lines(50, 10, 7, new DateOnly(2026, 11, 20)));
        var facts = lines.ConvertAll(l => FactBodies.Decode(l).Fact!);
        Assert.All(facts, f => Assert.True(f.CompletedAt < new DateTime(2026, 11, 19, 15, 0, 0, DateTimeKind.Utc)));
        Assert.All(SampleStudies.Magic, m => Assert.Single(facts, f => f.Members.Contains(m)));
        Assert.Equal(50, facts.Select(f => f.StudyId).Distinct().Count());
    }
}
