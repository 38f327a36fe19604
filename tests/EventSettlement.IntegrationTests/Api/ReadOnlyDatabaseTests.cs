using System.Net;
using EventSettlement.Access;
using EventSettlement.IntegrationTests.EventLog.World;
using Npgsql;

namespace EventSettlement.IntegrationTests.Api;

/// <summary>A database that takes no changes for a while: a failover, or somebody's maintenance.</summary>
public sealed class ReadOnlyDatabaseTests(RunningApi api) : IClassFixture<RunningApi>
{
    [Fact]
    public async Task It_is_told_as_passing_and_the_server_is_not_ready_until_it_is_over()
    {
        await Set("on");
        using var client = api.Client(Role.Viewer);
        await Eventually.Equals(
            HttpStatusCode.ServiceUnavailable,
            async () => (await client.GetAsync("/healthz/ready")).StatusCode,
            "the answer of ready"
        );
        using (var answer = await client.GetAsync("/healthz/ready"))
            Assert.Contains("cannot be written to", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var refused = await api.Post(
            Role.Operator,
            "/v1/runs",
            new { programme = "study-refund", date = "2026-11-02" },
            "while it is read-only"
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.True((bool)(await RunningApi.Json(refused))["retryable"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/settlements")).StatusCode);

        await Set("off");
        await Eventually.Equals(
            HttpStatusCode.OK,
            async () => (await client.GetAsync("/healthz/ready")).StatusCode,
            "the answer of ready"
        );
        var taken = await api.Post(
            Role.Operator,
            "/v1/runs",
            new { programme = "study-refund", date = "2026-11-02" },
            "while it is read-only"
        );
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    /// <summary>For new sessions; those that there are go.</summary>
    private async Task Set(string value)
    {
        var address = new NpgsqlConnectionStringBuilder(api.ConnectionString);
        var database = address.Database;
        (address.Database, address.Pooling) = ("postgres", false);
        await using var server = NpgsqlDataSource.Create(address);
        await using var change = server.CreateCommand(
            $"ALTER DATABASE \"{database}\" SET default_transaction_read_only = {value}"
        );
        await change.ExecuteNonQueryAsync();
        await using var end = server.CreateCommand(
            $"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{database}'"
        );
        await end.ExecuteNonQueryAsync();
    }
}
