using EventSettlement.Alerts;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Platform;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Alerts;

public sealed class HealedAlertsTests
{
    private const string Id = "11111111-1111-1111-1111-111111111111";

    [Theory]
    [InlineData("run 7 study-refund settlement_failed", "settlement_failed",
        "INSERT INTO run_progress VALUES (7, 'saga-0', 'FAILED', 1, 1, 1), (7, 'saga-1', 'FAILED', 0, 0, 0)",
        "UPDATE run_progress SET settlements = 0")]
    [InlineData("partition_stopped saga settlements/3", "partition_stopped",
        "INSERT INTO consumer_offset (group_id, topic, partition, next_offset, epoch, stopped) "
            + "VALUES ('saga', 'settlements', 3, 5, 1, 'another record')",
        "UPDATE consumer_offset SET stopped = NULL")]
    [InlineData("settlement " + Id + " part 0 amount_mismatch", "amount_mismatch",
        "INSERT INTO settlement_item (settlement_id, no, part, member_id, amount, absences, state, needs_person) "
            + "VALUES ('" + Id + "', 1, 0, 'M', 5, 0, 'IN_DOUBT', true)",
        "UPDATE settlement_item SET state = 'PAID'")]
    public async Task An_alert_stays_while_its_cause_does_and_closes_with_it(
        string cause, string code, string begin, string end)
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        using var healed = new HealedAlerts(database, NullLogger<HealedAlerts>.Instance);
        await Do(database, begin);
        await Raise(database, new Alert(cause, code, "it failed", "look"));
        Assert.Equal(0, await healed.Step(default));
        await Do(database, end);
        Assert.Equal(1, await healed.Step(default));
        await Raise(database, new Alert("other", "clock_jumped", "a person must look", "look"));
        Assert.Equal(0, await healed.Step(default));
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
