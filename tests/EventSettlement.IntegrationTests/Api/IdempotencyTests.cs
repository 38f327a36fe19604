using System.Net;
using EventSettlement.Access;

namespace EventSettlement.IntegrationTests.Api;

public sealed class IdempotencyTests(RunningApi api) : IClassFixture<RunningApi>
{
    private static readonly object Facts = new
    {
        studyId = "S-1",
        completedAt = "2026-11-01T10:00:00+09:00",
        currency = "KRW",
        depositPerMember = 1000,
        penaltyPerAbsence = 100,
        participants = new[] { new { memberId = "M-1", absences = 1 } },
    };

    private const string Path = "/v1/events/study-completed";

    [Fact]
    public async Task A_request_without_a_key_changes_nothing()
    {
        var answer = await api.Post(Role.Operator, Path, Facts, null);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("idempotency_key_needed", (string?)(await RunningApi.Json(answer))["code"]);
    }

    [Fact]
    public async Task A_repeat_gets_the_stored_answer_and_has_no_second_effect()
    {
        var first = await api.Post(Role.Operator, Path, Facts, "repeat");
        var sent = await Sent();
        var second = await api.Post(Role.Operator, Path, Facts, "repeat");
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(sent, await Sent());
    }

    [Fact]
    public async Task A_repeat_points_to_what_the_first_one_made()
    {
        var run = new { programme = "study-refund", date = "2026-11-01" };
        var first = await api.Post(Role.Operator, "/v1/runs", run, "located");
        var second = await api.Post(Role.Operator, "/v1/runs", run, "located");
        Assert.NotNull(first.Headers.Location);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Fact]
    public async Task The_same_key_for_another_body_is_refused()
    {
        await api.Post(Role.Operator, Path, Facts, "reused");
        var answer = await api.Post(Role.Operator, Path, new { studyId = "S-2" }, "reused");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("idempotency_key_reused", (string?)(await RunningApi.Json(answer))["code"]);
    }

    [Fact]
    public async Task What_was_refused_as_it_was_leaves_its_key_for_what_is_right()
    {
        var wrong = await api.Post(Role.Operator, Path, new { studyId = "S-2" }, "corrected");
        var right = await api.Post(Role.Operator, Path, Facts, "corrected");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, right.StatusCode);
    }

    [Fact]
    public async Task Of_many_at_once_one_has_the_effect_and_all_the_same_answer()
    {
        var before = await Sent();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => api.Post(Role.Operator, Path, Facts, "at once"))
        );
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        Assert.Equal(7, answers.Count(a => a.Headers.Contains("Idempotent-Replayed")));
        Assert.Equal(before + 1, await Sent());
        Assert.Equal(1, await api.Count("SELECT count(*) FROM idempotency WHERE key = 'at once'"));
    }

    [Fact]
    public async Task Keys_of_two_actors_do_not_meet()
    {
        var one = await api.Post(Role.Operator, Path, Facts, "shared");
        var other = await api.Post(Role.Admin, Path, Facts, "shared");
        Assert.False(one.Headers.Contains("Idempotent-Replayed"));
        Assert.False(other.Headers.Contains("Idempotent-Replayed"));
    }

    [Fact]
    public async Task What_was_carried_out_stands_in_the_audit()
    {
        await api.Post(Role.Operator, "/v1/runs/77/stop", null, "audited");
        Assert.Equal(
            1,
            await api.Count(
                """
                SELECT count(*) FROM audit WHERE actor = 'Operator' AND action = 'POST /v1/runs/{id:long}/stop'
                    AND target = '/v1/runs/77/stop' AND detail = 'answered 404'
                """
            )
        );
    }

    private Task<long> Sent() =>
        api.Count(
            """
            SELECT coalesce(sum(next_offset), 0)::bigint FROM log_head JOIN log_topic USING (topic_id)
            WHERE topic = 'study-completed'
            """
        );
}
