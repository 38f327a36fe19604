using System.Text;
using EventSettlement.IntegrationTests.Doubles;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Platform;
using EventSettlement.StudyRefunds;
using EventSettlement.StudyRefunds.Facts;

namespace EventSettlement.IntegrationTests.StudyRefunds;

public sealed class StudyIntakeTests : IAsyncLifetime
{
    private TestDatabase _test = null!;
    private Database _database = null!;

    public async Task InitializeAsync()
    {
        _test = await TestDatabase.Create();
        _database = new Database(_test.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task The_same_fact_twice_is_one_effect()
    {
        var first = await Take(0, 5, Fact("S-1", 30_000), Fact("S-1", 30_000));
        var again = await Take(
            1,
            9,
            Fact("S-1", 30_000).Replace("+09:00", "+09:00\",\"note\":\"again", StringComparison.Ordinal)
        );
        Assert.Empty(first.Parked);
        Assert.Empty(again.Parked);
        Assert.Equal(
            "S-1 30000 0 5",
            await Text(
                "SELECT string_agg(concat_ws(' ', study_id, deposit, fact_partition, fact_offset), ',') FROM study"
            )
        );
    }

    [Fact]
    public async Task Other_content_is_parked_with_both_digests_and_what_differs()
    {
        await Take(0, 0, Fact("S-1", 30_000));
        var later = await Take(0, 1, Fact("S-1", 40_000), Fact("S-2", 10_000), Fact("S-2", 20_000));
        Assert.Equal(
            [("conflicting_fact", "/depositPerMember", 1L), ("conflicting_fact", "/depositPerMember", 3L)],
            later.Parked.Select(p => (p.Code, p.Pointer!, p.Record.Offset))
        );
        Assert.Matches(
            "digest [0-9a-f]{64}, this one [0-9a-f]{64}; they differ at /depositPerMember$",
            later.Parked[0].Message
        );
        Assert.Equal("30000,10000", await Text("SELECT string_agg(deposit::text, ',' ORDER BY study_id) FROM study"));
    }

    [Fact]
    public async Task Of_many_differences_the_first_are_told_and_how_many_more_there_are()
    {
        await Take(0, 0, Members(25, absences: 0));
        var later = await Take(0, 1, Members(25, absences: 1));
        Assert.EndsWith(
            "/participants/19/absences, and 5 more",
            later.Parked.Single().Message,
            StringComparison.Ordinal
        );
        static string Members(int count, int absences) =>
            Fact("S-1", 30_000)
                .Replace(
                    "{\"memberId\":\"M-1\",\"absences\":0}",
                    string.Join(
                        ',',
                        Enumerable.Range(10, count).Select(n => $$"""{"memberId":"M-{{n}}","absences":{{absences}}}""")
                    ),
                    StringComparison.Ordinal
                );
    }

    [Fact]
    public async Task Poison_is_parked_byte_for_byte_and_its_neighbours_are_taken()
    {
        byte[] broken = [0xFF, 0x00, .. "{"u8];
        var batch = DirectBatch.Of(
            _database.Hot,
            0,
            0,
            Bytes(Fact("S-1", 1)),
            broken,
            null,
            [],
            Bytes(Fact("S-\\u0000", 1)),
            Bytes(Fact("S-2", 1))
        );
        await new StudyIntake().Consume(batch, default);
        Assert.Equal(["malformed", "null_body", "malformed", "bad_text"], batch.Parked.Select(p => p.Code));
        Assert.Same(broken, batch.Parked[0].Record.Body);
        Assert.Equal("S-1,S-2", await Text("SELECT string_agg(study_id, ',' ORDER BY study_id) FROM study"));
    }

    [Fact]
    public async Task Members_stand_in_the_order_of_their_ids()
    {
        await Take(
            0,
            0,
            """
            {"studyId":1,"completedAt":"2026-01-01T00:00:00Z","currency":"KRW","depositPerMember":5,
            "penaltyPerAbsence":1,
            "participants":[{"memberId":"b","absences":3},{"memberId":10,"absences":1},{"memberId":"B,{}\"",
            "absences":2}]}
            """
        );
        Assert.Equal(
            """10|B,{}"|b 1,2,3""",
            await Text("SELECT array_to_string(members, '|') || ' ' || array_to_string(absences, ',') FROM study")
        );
    }

    [Fact]
    public async Task Two_partitions_that_take_the_same_studies_at_once_take_each_once()
    {
        var lines = SampleStudies.Lines(400, 3, 1, new DateOnly(2026, 1, 1)).ToArray();
        var batches = await Task.WhenAll(Take(0, 0, lines), Take(1, 0, [.. lines.Reverse()]), Take(2, 0, lines));
        Assert.All(batches, b => Assert.Empty(b.Parked));
        Assert.Equal("400", await Text("SELECT count(*)::text FROM study"));
    }

    private static string Fact(string study, long deposit) =>
        $$"""
            {"studyId":"{{study}}","completedAt":"2026-01-01T00:00:00+09:00","currency":"KRW",
            "depositPerMember":{{deposit}},
            "penaltyPerAbsence":1,"participants":[{"memberId":"M-1","absences":0}]}
            """;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<DirectBatch> Take(int partition, long offset, params string[] bodies)
    {
        var batch = DirectBatch.Of(_database.Hot, partition, offset, [.. bodies.Select(Bytes)]);
        await new StudyIntake().Consume(batch, default);
        return batch;
    }

    private async Task<string?> Text(string sql)
    {
        await using var command = _database.Reads.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string;
    }
}
