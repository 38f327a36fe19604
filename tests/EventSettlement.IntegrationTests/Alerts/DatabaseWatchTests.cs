using EventSettlement.Alerts;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Platform;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventSettlement.IntegrationTests.Alerts;

public sealed class DatabaseWatchTests
{
    [Fact]
    public async Task A_database_that_takes_no_changes_for_a_minute_is_an_alert_once_it_takes_them_again()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        var clock = new MovedClock();
        var inbox = new AlertInbox(database);
        using var watch = new DatabaseWatch(database, inbox, NullLogger<DatabaseWatch>.Instance, clock);
        await Set(test, "on");
        await watch.Step(default);
        clock.Now += TimeSpan.FromSeconds(59);
        await watch.Step(default);
        Assert.Equal(0, await Alerts(test));

        clock.Now += TimeSpan.FromSeconds(2);
        await watch.Step(default);
        await watch.Step(default);
        await Set(test, "off");
        await Eventually.Equals(1L, () => Alerts(test), "alerts of the time without changes");

        // A short time without them is none.
        await watch.Step(default);
        await Set(test, "on");
        await watch.Step(default);
        clock.Now += TimeSpan.FromSeconds(30);
        await watch.Step(default);
        await Set(test, "off");
        // What was raised before it is written before it, or with it.
        inbox.Raise("clock_jumped", "mark", "m", "n");
        await Eventually.Equals(1L, () => Alerts(test, "clock_jumped"), "the mark");
        Assert.Equal(1, await Alerts(test));
    }

    private static async Task<long> Alerts(TestDatabase test, string code = "database_unavailable")
    {
        await using var server = Elsewhere(test, null);
        await using var count = server.CreateCommand(
            $"SELECT coalesce(sum(count), 0)::bigint FROM alert WHERE code = '{code}'"
        );
        return (long)(await count.ExecuteScalarAsync())!;
    }

    /// <summary>For new sessions; those that there are go.</summary>
    private static async Task Set(TestDatabase test, string value)
    {
        var database = new NpgsqlConnectionStringBuilder(test.ConnectionString).Database;
        await using var server = Elsewhere(test, "postgres");
        await using var change = server.CreateCommand(
            $"ALTER DATABASE \"{database}\" SET default_transaction_read_only = {value}"
        );
        await change.ExecuteNonQueryAsync();
        await using var end = server.CreateCommand(
            $"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{database}'"
        );
        await end.ExecuteNonQueryAsync();
    }

    private static NpgsqlDataSource Elsewhere(TestDatabase test, string? database)
    {
        var address = new NpgsqlConnectionStringBuilder(test.ConnectionString) { Pooling = false };
        address.Database = database ?? address.Database;
        return NpgsqlDataSource.Create(address);
    }

    private sealed class MovedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
