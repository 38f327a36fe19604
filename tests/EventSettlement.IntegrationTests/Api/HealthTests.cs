using System.Diagnostics;
using EventSettlement.Access;
using EventSettlement.Api.Health;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Api;

public sealed class HealthTests(RunningApi api) : IClassFixture<RunningApi>
{
    [Fact]
    public async Task The_details_say_how_long_a_message_waits_for_the_relay()
    {
        Assert.Null(await OutboxOldestAt());
        await Do("INSERT INTO outbox (shard, topic, headers) VALUES (0, 'nowhere', '')");
        Assert.InRange(
            DateTimeOffset.UtcNow - (await OutboxOldestAt())!.Value,
            TimeSpan.FromSeconds(-5),
            TimeSpan.FromSeconds(30)
        );
        await Do("DELETE FROM outbox");
    }

    [Theory]
    [InlineData("saga", "the event log does not answer")]
    [InlineData("payout,relay", "the event log does not answer")]
    [InlineData("scheduler", null)]
    [InlineData("api,saga", null)]
    public async Task Ready_is_who_can_do_what_comes_to_its_roles(string roles, string? missing)
    {
        // It never answers, and does not listen to being told to give up.
        await using var away = new LogThatIsAway(() => new TaskCompletionSource<(long, long)>().Task);
        var health = new HealthReads(
            api.Database,
            new OffsetStore(api.Database.Hot, away),
            away,
            new GroupTroubles(),
            [],
            NullLogger<HealthReads>.Instance
        );
        var asked = Stopwatch.GetTimestamp();
        Assert.Equal(missing, await health.FindMissing(roles.Split(','), default));
        Assert.True(Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("HEAD", "/healthz/live")]
    [InlineData("HEAD", "/healthz/ready")]
    [InlineData("OPTIONS", "/healthz/live")]
    [InlineData("OPTIONS", "/healthz/ready")]
    public async Task Balancers_may_ask_without_a_key_in_their_own_ways(string method, string path)
    {
        using var client = api.Client(null);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await client.SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
        if (method == "HEAD")
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    private async Task<DateTimeOffset?> OutboxOldestAt()
    {
        using var client = api.Client(Role.Viewer);
        return (DateTimeOffset?)(await RunningApi.Json(await client.GetAsync("/healthz/details")))["outboxOldestAt"];
    }

    private async Task Do(string sql)
    {
        await using var command = api.Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
