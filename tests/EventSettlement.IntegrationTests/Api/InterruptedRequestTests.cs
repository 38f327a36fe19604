using System.Net;
using System.Net.Http.Json;
using EventSettlement.Access;
using EventSettlement.IntegrationTests.EventLog.World;

namespace EventSettlement.IntegrationTests.Api;

public sealed class InterruptedRequestTests(RunningApi api) : IClassFixture<RunningApi>
{
    // Payouts do not run here, so a cancellation waits for their answer as long as the API waits.
    [Fact]
    public async Task Who_hangs_up_has_been_heard_and_asks_again_for_the_answer()
    {
        var id = await Failed();
        var (path, body) = ($"/v1/settlements/{id}/cancel", new { reason = "a mistake" });
        using var hungUp = new CancellationTokenSource();
        using var client = api.Client(Role.Operator);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", "hung up");
        var asked = client.SendAsync(request, hungUp.Token);
        await Until($"SELECT count(*) FROM command WHERE settlement_id = '{id}'");
        await hungUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Until($"SELECT count(*) FROM audit WHERE target = '{path}' AND detail = 'answered 202'");
        var again = await api.Post(Role.Operator, path, body, "hung up");
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(1, await api.Count($"SELECT count(*) FROM audit WHERE target = '{path}'"));
        Assert.Equal(1, await api.Count($"SELECT count(*) FROM command WHERE settlement_id = '{id}'"));
    }

    [Theory]
    [InlineData("{\"paid\":\"tx-1\",\"reason\":\"seen in their books\"}", "PAID")]
    [InlineData("{\"writeOff\":\"left the club\"}", "WRITTEN_OFF")]
    public async Task A_resolution_whose_answer_was_lost_is_audited_and_answered_when_it_comes_again(
        string json,
        string state
    )
    {
        var id = await Failed();
        var (path, body) = ($"/v1/items/{id}-1:1/resolve", System.Text.Json.Nodes.JsonNode.Parse(json));
        await Do(
            """
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'lost'; END $$;
            CREATE TRIGGER lose BEFORE UPDATE ON idempotency FOR EACH ROW EXECUTE FUNCTION lose()
            """
        );
        var lost = await api.Post(Role.Admin, path, body, state);
        await Do("DROP TRIGGER lose ON idempotency; DROP FUNCTION lose");
        Assert.Equal(HttpStatusCode.InternalServerError, lost.StatusCode);
        Assert.Equal(
            1,
            await api.Count(
                $"SELECT count(*) FROM audit WHERE target = '{path}' AND actor = 'Admin' AND detail = 'done'"
            )
        );
        await Do("UPDATE idempotency SET created_at = clock() - interval '2 minutes' WHERE status IS NULL");
        var again = await api.Post(Role.Admin, path, body, state);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(state, (string?)(await RunningApi.Json(again))["state"]);
        Assert.Equal(1, await api.Count($"SELECT count(*) FROM posting WHERE settlement_id = '{id}' AND line = 1"));
        Assert.Equal(1, await api.Count($"SELECT count(*) FROM audit WHERE target = '{path}'"));
        Assert.Equal(
            1,
            await api.Count($"SELECT count(*) FROM audit WHERE target = '{path}' AND detail = 'answered 200'")
        );
    }

    [Fact]
    public async Task What_failed_inside_is_audited_as_unknown_and_may_be_tried_again()
    {
        const string path = "/v1/runs";
        var run = new { programme = "study-refund", date = "2026-11-05" };
        await Do(
            """
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
            CREATE TRIGGER fail BEFORE INSERT ON run FOR EACH ROW EXECUTE FUNCTION fail()
            """
        );
        var failed = await api.Post(Role.Operator, path, run, "fails first");
        await Do("DROP TRIGGER fail ON run; DROP FUNCTION fail");
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(
            1,
            await api.Count($"SELECT count(*) FROM audit WHERE target = '{path}' AND detail = 'outcome unknown'")
        );
        Assert.Equal(HttpStatusCode.Created, (await api.Post(Role.Operator, path, run, "fails first")).StatusCode);
        Assert.Equal(1, await api.Count($"SELECT count(*) FROM audit WHERE target = '{path}'"));
        Assert.Equal(
            1,
            await api.Count($"SELECT count(*) FROM audit WHERE target = '{path}' AND detail = 'answered 201'")
        );
    }

    [Fact]
    public async Task An_answer_that_could_not_be_kept_at_once_is_kept_a_moment_later()
    {
        var (path, body) = (
            $"/v1/items/{await Failed()}-1:1/resolve",
            new { paid = "tx-1", reason = "seen in their books" }
        );
        await Do(
            """
            CREATE SEQUENCE refused;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('refused') <= 3 THEN RAISE SQLSTATE '40001'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON idempotency FOR EACH ROW EXECUTE FUNCTION refuse()
            """
        );
        var first = await api.Post(Role.Admin, path, body, "kept later");
        await Do("DROP TRIGGER refuse ON idempotency; DROP FUNCTION refuse; DROP SEQUENCE refused");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var again = await api.Post(Role.Admin, path, body, "kept later");
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
    }

    private async Task<Guid> Failed()
    {
        var id = Guid.CreateVersion7();
        await Do(
            $$"""
            INSERT INTO settlement_request VALUES ('{{id}}', 'study-refund', '{{id}}', 'once', 1, 'member', 'KRW',
                1000,
                1, 1, clock(), clock(), '{}', '{}');
            INSERT INTO settlement_item (settlement_id, no, part, member_id, amount, state, attempt)
                VALUES ('{{id}}', 1, 0, 'M-1', 1000, 'FAILED', 4);
            INSERT INTO settlement_part (settlement_id, part) VALUES ('{{id}}', 0);
            INSERT INTO settlement SELECT '{{id}}', 1, 'FAILED', 'study-refund', '{{id}}', 'once', 1, 'member', 'KRW',
                1000,
                0, 1, 0, 1, 0, 0, 0, 0, '0,0,1,0,0,0,0,0,1000,0,0,0', 4, 0, false, false, false, NULL, false, clock(),
                NULL, NULL, NULL, 1, clock(), clock()
            """
        );
        return id;
    }

    private Task Until(string counted) => Eventually.Equals(1, () => api.Count(counted), counted, 15);

    private async Task Do(string sql)
    {
        await using var command = api.Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
