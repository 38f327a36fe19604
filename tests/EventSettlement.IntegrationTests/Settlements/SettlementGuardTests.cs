using Confluent.Kafka;
using EventSettlement.Contracts;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Platform.Configuration;
using EventSettlement.Settlements.Guarding;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Settlements;

public sealed class SettlementGuardTests
{
    private static readonly GuardBounds Impatient = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

    [Fact]
    public async Task A_request_whose_message_is_lost_is_sent_again()
    {
        await using var world = await SettlementWorld.Start();
        var id = Guid.NewGuid();
        await world.Do(
            $$"""
            INSERT INTO settlement_request VALUES ('{{id}}', 'study-refund', 'S-9', 'once', 7, 'member', 'KRW', 100,
                2, 1, clock(), clock(), '{}', '{}');
            INSERT INTO settlement_item (settlement_id, no, part, member_id, amount, state)
                VALUES ('{{id}}', 1, 0, 'M-1', 100, 'PENDING'), ('{{id}}', 2, 0, 'M-2', 0, 'PAID');
            INSERT INTO run_progress VALUES (7, 'planner', 'PLANNED', 1, 2, 100)
            """
        );
        Assert.Equal(1, await Guard(world).SendStuck(default));
        await world.UntilState(id, "PROCESSING");
        Assert.Equal("1,1,0,0,0,0,0,0,100,0,0,1", await world.Read<string>("SELECT parts FROM settlement"));
    }

    [Fact]
    public async Task What_was_planned_held_is_held_too_when_its_message_is_sent_again()
    {
        await using var world = await SettlementWorld.Start();
        var id = Guid.NewGuid();
        await world.Do(
            $$"""
            INSERT INTO settlement_request VALUES ('{{id}}', 'study-refund', 'S-9', 'once', 7, 'member', 'KRW', 100,
                1, 1, clock(), clock(), '{}', '{}', 'too much');
            INSERT INTO settlement_item (settlement_id, no, part, member_id, amount, state)
                VALUES ('{{id}}', 1, 0, 'M-1', 100, 'PENDING');
            INSERT INTO run_progress VALUES (7, 'planner', 'PLANNED', 1, 1, 100)
            """
        );
        Assert.Equal(1, await Guard(world).SendStuck(default));
        await world.UntilState(id, "PENDING");
        Assert.Equal(
            "too much",
            await world.Read<string>("SELECT reason FROM settlement_history WHERE cause = 'hold'")
        );
        Assert.Equal("0 t t", await world.Read<string>("SELECT concat_ws(' ', attempt, held, due) FROM settlement"));
        Assert.Equal(0, await Guard(world).SendStuck(default));
    }

    [Fact]
    public async Task A_timer_that_is_lost_is_sent_again_but_not_while_held()
    {
        await using var world = await SettlementWorld.Start(100, 100, 100);
        var id = Guid.NewGuid();
        await world.Tell(id, SettlementFlowTests.Requested(id, DateTimeOffset.UtcNow.AddHours(1)));
        await world.UntilState(id, "PENDING");
        await world.Do(
            "DELETE FROM scheduled_message; UPDATE settlement SET payable_at = clock() - interval '1 s', "
                + "held = true"
        );
        var guard = Guard(world);
        Assert.Equal(0, await guard.SendStuck(default));
        await world.Do("UPDATE settlement SET held = false");
        Assert.Equal(1, await guard.SendStuck(default));
        await world.UntilState(id, "PROCESSING");
    }

    [Fact]
    public async Task An_unanswered_part_is_sent_again_only_after_payouts_has_passed_the_log()
    {
        await using var world = await SettlementWorld.Start();
        var id = Guid.NewGuid();
        await world.Tell(id, SettlementFlowTests.Requested(id));
        await world.UntilState(id, "PROCESSING");
        var guard = Guard(world);
        Assert.Equal(0, await guard.SendStuck(default));
        await world.Do(
            """
            INSERT INTO consumer_offset (group_id, topic, partition, epoch, next_offset)
            SELECT 'payouts', topic, partition, 1, next_offset FROM log_head JOIN log_topic USING (topic_id)
            WHERE topic = 'payouts.member'
            """
        );
        await world.Do("INSERT INTO downstream (name, state, since) VALUES ('member', 'STOPPED', clock())");
        Assert.Equal(0, await guard.SendStuck(default));
        await world.Do("UPDATE downstream SET state = 'RUNNING'");
        Assert.Equal(1, await guard.SendStuck(default));
        Assert.Equal(0, await guard.SendStuck(default));
        var one = $$"""{"settlementId":"{{id}}","part":0,"attempt":1,"includeRejected":false}""";
        Assert.Equal($"{one} {one}", await world.Payouts());
    }

    [Fact]
    public async Task A_log_that_is_away_does_not_end_the_guard()
    {
        await using var world = await SettlementWorld.Start();
        var away = new LogThatIsAway(() => throw new KafkaException(new Error(ErrorCode.Local_Transport)));
        using var guard = new SettlementGuard(
            world.Database,
            world.Outgoing,
            away,
            world.Topology,
            world.Of<MessagingOptions>(),
            world.Of<Settings>(),
            Impatient with
            {
                Interval = TimeSpan.FromMilliseconds(20),
            },
            NullLogger<SettlementGuard>.Instance
        );

        await guard.StartAsync(default);

        await Eventually.Holds(() => Task.FromResult(away.Asked > 2), TimeSpan.FromSeconds(20), "it asks again");
        Assert.False(guard.ExecuteTask!.IsCompleted);
        await guard.StopAsync(default);
    }

    private static SettlementGuard Guard(SettlementWorld world) =>
        new(
            world.Database,
            world.Outgoing,
            world.Of<IEventLog>(),
            world.Topology,
            world.Of<MessagingOptions>(),
            world.Of<Settings>(),
            Impatient,
            NullLogger<SettlementGuard>.Instance
        );
}
