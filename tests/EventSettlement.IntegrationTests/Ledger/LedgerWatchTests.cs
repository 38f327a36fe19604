using EventSettlement.Contracts;
using EventSettlement.IntegrationTests.Doubles;
using EventSettlement.IntegrationTests.Settlements;
using EventSettlement.Ledger;
using EventSettlement.Ledger.Watching;
using EventSettlement.Settlements;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventSettlement.IntegrationTests.Ledger;

public sealed class LedgerWatchTests
{
    private const string Payment = """
        INSERT INTO posting SELECT -1, l, a, 'KRW', m, 'payment', 'r', '{0}', clock()
        FROM (VALUES (1, 'study-refund:payable', -1000), (2, 'study-refund:clearing-member', 1000)) p(l, a, m)
        """;

    // In its parts too, from which the saga writes the sum anew when it is held.
    private const string PaidTotal = """
        UPDATE settlement SET paid_amount = 7, parts = regexp_replace(parts, ',0,([^,]*,[^,]*)$', ',7,\1')
        WHERE settlement_id = '{0}'
        """;

    private const string PaidAlone = "UPDATE settlement_item SET state = 'PAID' WHERE settlement_id = '{0}' AND no = 1";

    [Theory]
    [InlineData(PaidAlone, "the balance of study-refund:payable is 3000, expected 2000")]
    [InlineData(Payment, "the balance of study-refund:payable is 2000, expected 3000")]
    [InlineData(
        "UPDATE settlement_item SET amount = 1001 WHERE settlement_id = '{0}' AND no = 1",
        "the sum of the items is 3001, expected 3000"
    )]
    [InlineData(PaidTotal, "the settlement's paid amount is 7, expected 0")]
    public async Task What_does_not_balance_is_held_and_told_once(string wrong, string told)
    {
        await using var world = await SettlementWorld.Start();
        using var watch = Watch(world);
        var (good, bad) = (await Pending(world), await Pending(world));
        await world.Do(string.Format(null, wrong, bad));
        await Look(world, watch);
        await Look(world, watch);
        await world.UntilNumber($"SELECT count(*) FROM settlement WHERE settlement_id = '{bad}' AND held", 1);
        await Look(world, watch);
        Assert.Equal(
            0,
            await world.Read<long>($"SELECT count(*) FROM settlement WHERE settlement_id = '{good}' AND held")
        );
        Assert.Equal(
            $"settlement {bad} ledger_imbalance 1 OPEN Settlement {bad}: {told}.",
            await world.Read<string>("SELECT string_agg(concat_ws(' ', cause, count, state, message), '; ') FROM alert")
        );
        Assert.Equal(
            $"hold invariant-watch {told}",
            await world.Read<string>(
                $"""
                SELECT concat_ws(' ', cause, actor, reason) FROM settlement_history
                WHERE settlement_id = '{bad}' ORDER BY seq DESC LIMIT 1
                """
            )
        );
    }

    [Fact]
    public async Task A_release_by_a_person_stands_and_the_alert_closes_when_the_books_are_right()
    {
        await using var world = await SettlementWorld.Start();
        using var watch = Watch(world);
        var id = await Pending(world);
        await world.Do(string.Format(null, PaidAlone, id));
        await Look(world, watch);
        await world.UntilNumber("SELECT count(*) FROM settlement WHERE held", 1);
        await world.Tell(id, new ReleaseSettlement(id, Guid.NewGuid(), "ann"));
        await world.UntilNumber("SELECT count(*) FROM settlement WHERE held", 0);
        await Look(world, watch);
        Assert.Equal(1, await world.Read<long>("SELECT count(*) FROM command WHERE actor = 'invariant-watch'"));
        await world.Do("UPDATE settlement_item SET state = 'PENDING'");
        await Look(world, watch);
        Assert.Equal("CLOSED", await world.Read<string>("SELECT state FROM alert"));
    }

    [Fact]
    public async Task Of_two_processes_one_looks_and_each_change_is_looked_at_once()
    {
        await using var world = await SettlementWorld.Start();
        using var watch = Watch(world);
        await Pending(world);
        await using var connection = await world.Database.Reads.OpenConnectionAsync();
        await using (var other = await connection.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand("SELECT at FROM ledger_watch FOR UPDATE", connection, other);
            var before = await hold.ExecuteScalarAsync();
            Assert.False(await watch.Step(default));
            Assert.Equal(before, await hold.ExecuteScalarAsync());
        }

        await watch.Step(default);
        Assert.True(await world.Read<bool>("SELECT at > clock() - interval '10 seconds' FROM ledger_watch"));
    }

    [Fact]
    public async Task More_changes_than_a_look_takes_are_looked_at_by_the_next_one()
    {
        await using var world = await SettlementWorld.Start();
        using var watch = Watch(world);
        await world.Do(
            """
            INSERT INTO settlement_history (settlement_id, seq, to_state, cause, actor, attempt, at)
                SELECT gen_random_uuid(), 1, 'PENDING', 'requested', 'test', 0, clock() - n * interval '1 second'
                FROM generate_series(1, 5003) n;
            UPDATE ledger_watch SET at = clock() - interval '1 day'
            """
        );
        Assert.True(await watch.Step(default));
        Assert.Equal(3, await LeftToWatch(world));
        Assert.True(await watch.Step(default));
        Assert.Equal(0, await LeftToWatch(world));
    }

    private static Task<long> LeftToWatch(SettlementWorld world) =>
        world.Read<long>(
            """
            SELECT count(*) FROM settlement_history h, ledger_watch w
            WHERE (h.at, h.settlement_id) > (w.at, w.settlement_id)
            """
        );

    internal static LedgerWatch Watch(SettlementWorld world) =>
        new(
            world.Database,
            new AskSettlement(world.Database, world.Outgoing, world.Topology),
            NullLogger<LedgerWatch>.Instance
        )
        {
            Delay = TimeSpan.Zero,
        };

    private static async Task Look(SettlementWorld world, LedgerWatch watch)
    {
        await world.Do("UPDATE ledger_watch SET at = clock() - interval '50 seconds'");
        await watch.Step(default);
    }

    private static async Task<Guid> Pending(SettlementWorld world)
    {
        var id = Guid.CreateVersion7();
        await world.Do(
            $$"""
            INSERT INTO settlement_request VALUES ('{{id}}', 'study-refund', '{{id}}', 'once', 1, 'member', 'KRW', 3000,
                3, 1, clock(), clock(), '{"deposits-held":-3500,"forfeited-income":500,"payable":3000}', '{}');
            INSERT INTO settlement_item (settlement_id, no, part, member_id, amount, state)
                SELECT '{{id}}', n, 0, 'M-' || n, 1000, 'PENDING' FROM generate_series(1, 3) n;
            INSERT INTO settlement_part (settlement_id, part) VALUES ('{{id}}', 0)
            """
        );
        await using var connection = await world.Database.Hot.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Postings.Insert(connection, transaction, [TestPostings.Creation(id, 3000, 500)]);
        await transaction.CommitAsync();
        var now = DateTimeOffset.UtcNow;
        await world.Tell(
            id,
            new SettlementRequested(
                id,
                "study-refund",
                id.ToString(),
                "once",
                1,
                "member",
                "KRW",
                now.AddHours(1),
                now,
                [new PartCounts(3, 0, 0, 0, 0, 0, 0, 0, 3000, 0)]
            )
        );
        await world.UntilState(id, "PENDING");
        return id;
    }
}
