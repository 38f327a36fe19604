using System.Net;
using EventSettlement.Access;

namespace EventSettlement.IntegrationTests.Api;

public sealed class LostAnswerTests(RunningApi api) : IClassFixture<RunningApi>
{
    [Fact]
    public async Task A_run_whose_answer_was_lost_is_told_as_started_when_it_is_asked_for_again()
    {
        var run = new
        {
            programme = "study-refund",
            date = "2026-11-06",
            subject = "S-lost",
        };
        await Do("UPDATE run SET state = 'FINISHED'");
        await Do(
            """
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'lost'; END $$;
            CREATE TRIGGER lose BEFORE UPDATE ON idempotency FOR EACH ROW EXECUTE FUNCTION lose()
            """
        );
        var lost = await api.Post(Role.Operator, "/v1/runs", run, "lost run");
        await Do("DROP TRIGGER lose ON idempotency; DROP FUNCTION lose");
        Assert.Equal(HttpStatusCode.InternalServerError, lost.StatusCode);
        await Do("UPDATE idempotency SET created_at = clock() - interval '2 minutes' WHERE status IS NULL");

        var again = await api.Post(Role.Operator, "/v1/runs", run, "lost run");

        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(1, await api.Count("SELECT count(*) FROM run WHERE subject = 'S-lost'"));
        await Do("UPDATE run SET state = 'FINISHED'");
    }

    private async Task Do(string sql)
    {
        await using var command = api.Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
