using EventSettlement.IntegrationTests.Doubles;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.IntegrationTests.Runs;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Timers;
using EventSettlement.Payouts.Calls;
using EventSettlement.Payouts.Rows;
using EventSettlement.Platform;
using EventSettlement.StudyRefunds;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Platform;

/// <summary>
/// A queue is often empty when it is vacuumed, and is then expected to hold one row for as long as the plans live that
/// were made by it. Its statements must still read the rows that they are about, not all that wait.
/// </summary>
public sealed class StaleStatisticsTests
{
    [Fact]
    public async Task What_was_relayed_is_deleted_without_reading_what_waits()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        await Do(database, "VACUUM ANALYZE outbox");
        var leases = new RelayLeases(database.Hot);
        await leases.CreateRows(default);
        var held = await leases.RenewLeases(default);
        for (var n = 0; n < 3; n++)
            await leases.Delete([Row(0)], held, default);
        await Do(
            database,
            "INSERT INTO outbox (shard, topic, headers) SELECT 3, 't', '' FROM generate_series(1, 9000)"
        );
        var first = await Number(database, "SELECT min(id) FROM outbox");
        var sent = Enumerable.Range(0, 100).Select(n => Row(first + n)).ToList();
        Assert.Equal(100, await leases.Delete(sent, held, default));
        Assert.InRange(await Read(database, "outbox"), 100, 1_000);

        static OutboxRow Row(long id) => new(3, id, "t", null, null, "");
    }

    [Fact]
    public async Task Due_timers_are_moved_without_reading_the_others()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        await Do(database, "VACUUM ANALYZE scheduled_message");
        await using var wakeup = new Wakeup(database.Hot);
        var mover = new DueMover(
            database.Hot,
            wakeup,
            new OutboxRows(),
            new MessagingOptions(),
            NullLogger<DueMover>.Instance
        );
        for (var n = 0; n < 3; n++)
            await mover.MoveDue(default);
        await Do(
            database,
            """
            INSERT INTO scheduled_message (token, due_at, topic, body, headers)
            SELECT gen_random_uuid(), clock() - interval '1 hour', 't', '', '' FROM generate_series(1, 9000)
            """
        );
        Assert.Equal(500, await mover.MoveDue(default));
        Assert.InRange(await Read(database, "scheduled_message"), 500, 2_000);
    }

    [Fact]
    public async Task Doubts_are_taken_and_dropped_without_reading_the_others()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        await Do(database, "VACUUM ANALYZE doubt");
        await using (var hot = await database.Hot.OpenConnectionAsync())
        {
            for (var n = 0; n < 3; n++)
                await Resolve(0);
            await Do(
                database,
                """
                INSERT INTO doubt SELECT lpad(n::text, 32, '0')::uuid, 1, 'member', 0, clock()
                FROM generate_series(1, 9000) AS n
                """
            );
            await Resolve(1);

            async Task Resolve(int from)
            {
                await DoubtRows.Take(hot, "member", 100, [TimeSpan.FromSeconds(1)], default);
                await DoubtRows.DropOver(hot, [.. Enumerable.Range(from, 100).Select(Over)], default);
                await DoubtRows.Drop(hot, null, [.. Enumerable.Range(from, 100).Select(Doubt)], default);
            }
        }

        Assert.Equal(8_900, await Number(database, "SELECT count(*) FROM doubt"));
        Assert.InRange(await Read(database, "doubt"), 100, 1_000);

        static (Guid, int) Doubt(int n) => (Guid.Parse($"{n:D32}"), 1);

        static Doubt Over(int n) =>
            new(
                new PayoutItem
                {
                    SettlementId = Guid.Parse($"{n:D32}"),
                    No = 1,
                    MemberId = "",
                    Amount = 0,
                    Currency = "",
                    Reason = "",
                },
                0,
                "FAILED",
                1,
                true,
                true,
                null,
                DateTimeOffset.UnixEpoch,
                DateTimeOffset.UnixEpoch
            );
    }

    [Fact]
    public async Task A_chunk_of_studies_is_marked_without_reading_those_that_wait()
    {
        await using var world = await RunWorld.WithStudies(60, members: 1);
        await Plan();
        await Do(world.Database, "VACUUM ANALYZE study");
        var before = await Read(world.Database, "study");
        await world.Take(SampleStudies.Lines(6_000, 1, 2, RunWorld.Date));
        await Plan();
        Assert.Equal(0, await Number(world.Database, "SELECT count(*) FROM study WHERE run_id IS NULL"));
        // Once to be planned and once to be marked; taking facts in looks for their ids too.
        Assert.InRange(await Read(world.Database, "study") - before, 12_000, 19_000);

        async Task Plan()
        {
            await world.Start();
            Assert.True(await world.Planner().Step(default));
            await Do(world.Database, "UPDATE run SET state = 'FINISHED'");
        }
    }

    /// <summary>Rows that the hot pool has read of a table so far; a connection tells when it is closed.</summary>
    private static async Task<long> Read(Database database, string table)
    {
        database.Hot.Clear();
        await Poll.Until(async () =>
            await Number(
                database,
                "SELECT count(*) FROM pg_stat_activity "
                    + "WHERE datname = current_database() AND application_name = 'settle' AND query NOT LIKE 'LISTEN %'"
            ) == 0
        );
        return await Number(
            database,
            $"SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_user_tables WHERE relname = '{table}'"
        );
    }

    private static async Task<long> Number(Database database, string sql)
    {
        await using var command = database.Reads.CreateCommand($"SELECT ({sql})::bigint");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Do(Database database, string sql)
    {
        await using var command = database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
