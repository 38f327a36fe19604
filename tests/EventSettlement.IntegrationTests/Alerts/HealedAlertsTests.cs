using System.Diagnostics.Metrics;
using EventSettlement.Alerts;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventSettlement.IntegrationTests.Alerts;

public sealed class HealedAlertsTests
{
    private const string Id = "11111111-1111-1111-1111-111111111111";
    private const string SteadyFor11Minutes = "UPDATE alert SET last_at = clock() - interval '11 minutes'";

    [Theory]
    [InlineData(
        "run 7 study-refund settlement_failed",
        "settlement_failed",
        "INSERT INTO run_progress VALUES (7, 'saga-0', 'FAILED', 1, 1, 1), (7, 'saga-1', 'FAILED', 0, 0, 0)",
        "UPDATE run_progress SET settlements = 0"
    )]
    [InlineData(
        "partition_stopped saga settlements/3",
        "partition_stopped",
        "INSERT INTO consumer_offset (group_id, topic, partition, next_offset, epoch, stopped) "
            + "VALUES ('saga', 'settlements', 3, 5, 1, 'another record')",
        "UPDATE consumer_offset SET stopped = NULL"
    )]
    [InlineData(
        "settlement " + Id + " part 0 amount_mismatch",
        "amount_mismatch",
        "INSERT INTO settlement_request VALUES ('"
            + Id
            + "', 'p', 's', 'once', 1, 'member', 'KRW', 5, 1, 1, clock(), clock(), '{}', '{}'); "
            + "INSERT INTO settlement_item (settlement_id, no, part, member_id, amount, state, needs_person) "
            + "VALUES ('"
            + Id
            + "', 1, 0, 'M', 5, 'IN_DOUBT', true)",
        "UPDATE settlement_item SET state = 'PAID'"
    )]
    [InlineData("clock_jumped database clock", "clock_jumped", "SELECT 1", SteadyFor11Minutes)]
    [InlineData("messaging_part_failed saga", "messaging_part_failed", "SELECT 1", SteadyFor11Minutes)]
    public async Task An_alert_stays_while_its_cause_does_and_closes_with_it(
        string cause,
        string code,
        string begin,
        string end
    )
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        using var healed = Healed(database);
        await Do(database, begin);
        await Raise(database, new Alert(cause, code, "it failed", "look"));
        Assert.Equal(0, await healed.Step(default));
        await Do(database, end);
        Assert.Equal(1, await healed.Step(default));
        await Raise(database, new Alert("other", "clock_jumped", "a person must look", "look"));
        Assert.Equal(0, await healed.Step(default));
    }

    [Fact]
    public async Task Open_alerts_are_a_metric_by_code()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        using var healed = Healed(database);
        long? open = null;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "settlement.alerts.open")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                if (tags[0] is { Key: "code", Value: "counted_here" })
                    open = value;
            }
        );
        listener.Start();
        await Raise(database, new Alert("one", "counted_here", "it failed", "look"));
        await Raise(database, new Alert("two", "counted_here", "it failed", "look"));
        await healed.Step(default);
        Assert.Equal(2, open);
        await Do(database, "UPDATE alert SET state = 'CLOSED'");
        await healed.Step(default);
        Assert.Equal(0, open);
    }

    [Fact]
    public async Task What_is_raised_while_the_database_is_away_is_told_when_it_is_back()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        var inbox = new AlertInbox(database);
        await Do(database, "ALTER TABLE alert RENAME TO away");
        inbox.Raise("partition_stopped", "saga settlements/3", "it stopped", "accept it");
        inbox.Raise("partition_stopped", "saga settlements/3", "it stopped", "accept it");
        // Another's eyes: the pool's own connection would tell of this question and no more of what was tried on it.
        await using var looking = NpgsqlDataSource.Create(test.ConnectionString);
        await Eventually.Holds(() => Fails(looking), TimeSpan.FromSeconds(10), "writing failed once");
        await Do(database, "ALTER TABLE away RENAME TO alert");
        const string told = "SELECT coalesce(string_agg(cause || ' ' || count, '; '), '') FROM alert";
        await Eventually.Equals(
            "partition_stopped saga settlements/3 2",
            async () =>
            {
                await using var command = database.Reads.CreateCommand(told);
                return (string)(await command.ExecuteScalarAsync())!;
            },
            told,
            15
        );
    }

    /// <summary>With what the slices that raise these alerts say of them.</summary>
    private static HealedAlerts Healed(Database database)
    {
        var server = new ServerProcess(new ServiceCollection(), Server.Catalogue.Defaults, []);
        foreach (var slice in Server.Slices)
            slice.Add(server);
        return new HealedAlerts(
            database,
            server.Services.BuildServiceProvider().GetServices<AlertHealing>(),
            NullLogger<HealedAlerts>.Instance
        );
    }

    private static async Task<bool> Fails(NpgsqlDataSource looking)
    {
        await using var command = looking.CreateCommand(
            """
            SELECT count(*) > 0 FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE '%INSERT INTO alert%' AND pid <> pg_backend_pid()
            """
        );
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Raise(Database database, Alert alert)
    {
        await using var batch = database.Reads.CreateBatch();
        batch.BatchCommands.Add(AlertRows.Upsert([alert]));
        await batch.ExecuteNonQueryAsync();
    }

    private static async Task Do(Database database, string sql)
    {
        await using var command = database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
