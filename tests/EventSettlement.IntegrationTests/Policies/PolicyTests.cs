using System.Text.Json.Nodes;
using EventSettlement.Access;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Policies;
using Npgsql;

namespace EventSettlement.IntegrationTests.Policies;

/// <summary>A policy is put once for a date, by who may, and changes nothing settled unless that is meant.</summary>
public sealed class PolicyTests(PoliciesWorld world) : IClassFixture<PoliciesWorld>
{
    [Fact]
    public async Task A_policy_that_was_put_is_listed_and_shown_as_it_was_written_with_what_it_changed()
    {
        var (status, put) = await world.Put("a", TrialFees.Document("2026-11-01", 500));
        Assert.Equal(201, status);
        Assert.Equal(201, (await world.Put("a", TrialFees.Document("2026-10-01", 400))).Status);

        Assert.Equal(
            ("a", "2026-11-01", false, "approver"),
            ((string?)put["programme"], (string?)put["effectiveFrom"], (bool)put["corrects"]!, (string?)put["putBy"])
        );
        Assert.Equal("2026-10: 0 basis points become 500", (string?)Assert.Single(put["changesOpen"]!.AsArray()));
        Assert.Empty(put["changesSettled"]!.AsArray());
        var (_, shown) = await world.Get("a/2026-11-01");
        Assert.Equal(put.ToJsonString(), shown.ToJsonString());
        Assert.Equal(500, (int)shown["document"]!["tiers"]![0]!["basisPoints"]!);
        var first = (await world.Get("a?limit=1")).Body;
        Assert.Equal("2026-10-01", (string?)Assert.Single(first["items"]!.AsArray())!["effectiveFrom"]);
        var (after, shownPlace) = ((string?)first["after"], "2026-10-01");
        foreach (var place in (string?[])[after, shownPlace])
            Assert.Equal("2026-11-01", Assert.Single(Dates((await world.Get("a?after=" + place)).Body)));
        Assert.Equal(400, (await world.Get("a?after=later")).Status);
        Assert.Equal(404, (await world.Get("a/2026-12-01")).Status);
        Assert.Equal(400, (await world.Get("a/soon")).Status);
        var kept = Assert.Single(await Rows("a"), v => v.EffectiveFrom == new DateOnly(2026, 11, 1));
        Assert.Equal(TrialFees.Document("2026-11-01", 500), kept.Document);
        Assert.Equal("answered 201", await world.Read<string>("SELECT max(detail) FROM audit WHERE target LIKE '%/a'"));
    }

    [Fact]
    public async Task Every_mistake_is_named_by_its_pointer_and_nothing_is_put()
    {
        const string policy = """
            {"effectiveFrom": "2026-11-31",
             "tiers": [{"from": 0, "from": 1, "basisPoints": 5.5}, {"basisPoints": 10001}],
             "note": {"by": "me"}}
            """;

        var (status, problem) = await world.Post("b", $$"""{"policy": {{policy}}, "corrects": "no", "force": true}""");

        Assert.Equal((422, "invalid_policy"), (status, (string?)problem["code"]));
        Assert.Equal(
            [
                "/corrects",
                "/force",
                "/policy/effectiveFrom",
                "/policy/note",
                "/policy/tiers/0/basisPoints",
                "/policy/tiers/0/from",
                "/policy/tiers/1/basisPoints",
                "/policy/tiers/1/from",
            ],
            problem["errors"]!.AsArray().Select(e => (string)e!["pointer"]!).Order(StringComparer.Ordinal)
        );
        Assert.Equal((422, "/policy"), At(await world.Post("b", """{"corrects": true}""")));
        Assert.Equal((422, "/policy"), At(await world.Post("b", """{"policy": [1]}""")));
        Assert.Equal(400, (await world.Post("b", """{"policy": {}""")).Status);
        Assert.Empty(await Rows("b"));
    }

    [Fact]
    public async Task A_date_has_one_version_which_nobody_edits()
    {
        Assert.Equal(201, (await world.Put("c", TrialFees.Document("2026-11-01", 500))).Status);

        var (status, problem) = await world.Put("c", TrialFees.Document("2026-11-01", 500), corrects: true);

        Assert.Equal((409, "refused_by_state"), (status, (string?)problem["code"]));
        Assert.Equal("version_exists", (string?)problem["errors"]![0]!["code"]);
        Assert.Contains(
            "c has a policy from 2026-11-01 on, put by approver",
            (string?)problem["detail"],
            StringComparison.Ordinal
        );
        Assert.Single(await Rows("c"));
        foreach (var edit in (string[])["UPDATE policy SET document = '{}'", "DELETE FROM policy", "TRUNCATE policy"])
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => world.Do(edit))).SqlState);
    }

    [Fact]
    public async Task What_would_change_a_settled_period_is_refused_with_its_name_and_taken_when_it_corrects()
    {
        var policy = TrialFees.Document("2026-09-15", 600);

        var (status, problem) = await world.Put("d", policy);

        Assert.Equal((409, "refused_by_state"), (status, (string?)problem["code"]));
        Assert.Equal("changes_settled", (string?)problem["errors"]![0]!["code"]);
        Assert.Contains("2026-09: 0 basis points become 600", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Contains("--corrects", (string?)problem["next"], StringComparison.Ordinal);
        Assert.Empty(await Rows("d"));

        var (taken, put) = await world.Put("d", policy, corrects: true);

        Assert.Equal(201, taken);
        Assert.Equal("2026-09: 0 basis points become 600", (string?)Assert.Single(put["changesSettled"]!.AsArray()));
        Assert.True(Assert.Single(await Rows("d")).Corrects);
    }

    [Fact]
    public async Task A_programme_without_policies_is_not_found_and_those_with_some_are_named()
    {
        foreach (
            var (status, problem) in (List<(int, JsonNode)>)
                [
                    await world.Put("study-refund", TrialFees.Document("2026-11-01", 500)),
                    await world.Get("study-refund"),
                    await world.Get("nothing/2026-11-01"),
                ]
        )
        {
            Assert.Equal((404, "unknown_programme"), (status, (string?)problem["code"]));
            Assert.Contains("a, b, c", (string?)problem["next"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_approver_puts_and_an_operator_only_reads()
    {
        var policy = TrialFees.Document("2030-01-01", 500);
        var (status, problem) = await world.Put("e", policy, role: Role.Operator);
        Assert.Equal((403, "this needs the role approver"), (status, (string?)problem["detail"]));
        Assert.Equal(200, (await world.Get("e", Role.Operator)).Status);
        Assert.Equal(201, (await world.Put("e", policy)).Status);
        Assert.Equal(201, (await world.Put("e", TrialFees.Document("2030-02-01", 1), role: Role.Admin)).Status);
    }

    [Fact]
    public async Task Of_two_puts_at_once_the_second_is_compared_with_the_first()
    {
        const string waiting = """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;
        var fees = world.Fees("f");
        fees.Meanwhile = () => Eventually.Equals(2L, () => world.Read<long>(waiting), waiting, 20);

        var puts = await Task.WhenAll(
            world.Put("f", TrialFees.Document("2026-11-01", 500)),
            world.Put("f", TrialFees.Document("2026-11-01", 600)),
            world.Put("f", TrialFees.Document("2026-12-01", 700))
        );

        Assert.Equal([201, 201, 409], puts.Select(put => put.Status).Order());
        Assert.Equal([0, 1], fees.Seen);
        Assert.Equal(2, (await Rows("f")).Count);
    }

    [Fact]
    public async Task A_put_whose_answer_was_lost_is_told_as_done_when_it_is_asked_for_again()
    {
        var policy = TrialFees.Document("2031-01-01", 500);
        await world.Do(
            """
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'lost'; END $$;
            CREATE TRIGGER lose BEFORE UPDATE ON idempotency FOR EACH ROW EXECUTE FUNCTION lose()
            """
        );
        var lost = await world.Put("e", policy, key: "lost put");
        await world.Do("DROP TRIGGER lose ON idempotency; DROP FUNCTION lose");
        Assert.Equal(500, lost.Status);
        await world.Do("UPDATE idempotency SET created_at = clock() - interval '2 minutes' WHERE status IS NULL");

        var (status, put) = await world.Put("e", policy, key: "lost put");

        Assert.Equal((201, "2031-01-01"), (status, (string?)put["effectiveFrom"]));
        Assert.Equal((409, "/state"), At(await world.Put("e", policy, key: "another")));
    }

    private Task<IReadOnlyList<PolicyVersion>> Rows(string programme) =>
        new PolicyRows(world.Database).Read(programme, default);

    private static string?[] Dates(JsonNode page) =>
        [.. page["items"]!.AsArray().Select(row => (string?)row!["effectiveFrom"])];

    private static (int, string?) At((int Status, JsonNode Problem) answer) =>
        (answer.Status, (string?)Assert.Single(answer.Problem["errors"]!.AsArray())!["pointer"]);
}
