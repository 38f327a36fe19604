using System.Text;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Log;

namespace EventSettlement.IntegrationTests.EventLog;

public sealed class OwnershipOnPostgresTests : OwnershipTests<OnPostgres>;

public sealed class OwnershipOnKafkaTests : OwnershipTests<OnKafka>;

public abstract class OwnershipTests<TLog>
    where TLog : ILogKind
{
    [Fact]
    public async Task A_former_owner_that_wakes_up_changes_nothing()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        var member = await world.Start();
        var partition = new TopicPartition(world.Topic, 0);
        var thaw = new TaskCompletionSource();
        var frozen = new TaskCompletionSource();
        var zombie = member.Pump(
            world.Topic,
            new EffectConsumer("zombie")
            {
                BeforeComplete = () =>
                {
                    frozen.TrySetResult();
                    return thaw.Task;
                },
            }
        );
        var heir = member.Pump(world.Topic, new EffectConsumer("heir"));
        var record = new LogRecord(
            partition,
            0,
            null,
            Encoding.UTF8.GetBytes("m"),
            HeaderMap.Empty,
            DateTime.UnixEpoch
        );

        Assert.Equal(0, await zombie.Take(partition, CancellationToken.None));
        zombie.Offer(partition, [record]);
        await frozen.Task;
        Assert.Equal(0, await heir.Take(partition, CancellationToken.None));
        heir.Offer(partition, [record]);
        await Eventually.Equals(1, world.Effects, "the number of effects");
        thaw.SetResult();

        await Eventually.Equals(-1, () => Task.FromResult(zombie.CommittedOffset(partition)), "the zombie's offset");
        Assert.Equal("heir", await world.Read<string>("SELECT string_agg(by, ',') FROM effect"));
        await heir.Release(partition);
    }

    [Fact]
    public async Task A_second_member_takes_its_share_and_the_rest_when_the_first_leaves()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        var first = await world.Start(new EffectConsumer("first"));
        var sender = await world.Start();
        await SendToAll(world, sender, "a");
        await Eventually.Equals(200, world.Effects, "the number of effects");

        var second = await world.Start(new EffectConsumer("second"));
        await Eventually.Equals((2, 2), () => Task.FromResult((Lanes(first), Lanes(second))), "the lanes of each");
        await SendToAll(world, sender, "b");
        await Eventually.Equals(400, world.Effects, "the number of effects");
        Assert.Equal(2L, await world.Read<long>("SELECT count(DISTINCT by) FROM effect WHERE id LIKE 'b%'"));

        // What was sent and is not marked yet would be sent again by whoever relays after the first.
        await Eventually.Equals(0L, () => world.Read<long>("SELECT count(*) FROM outbox"), "the number unsent");
        await first.DisposeAsync();
        await Eventually.Equals(4, () => Task.FromResult(Lanes(second)), "the second's lanes");
        await SendToAll(world, sender, "c");
        await Eventually.Equals(600, world.Effects, "the number of effects");
        Assert.Equal(600L, await world.Read<long>("SELECT count(DISTINCT id) FROM effect"));
    }

    [Fact]
    public async Task Partitions_are_read_again_after_the_database_was_away_for_longer_than_a_lease()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        var sender = await world.Start(new EffectConsumer("only"));
        await SendToAll(world, sender, "a");
        await Eventually.Equals(200, world.Effects, "the number of effects");

        await using (await Outage.Begin(world.ConnectionString))
            await Eventually.Equals(
                true,
                () => Task.FromResult(Lanes(sender) == 0 || TLog.Name == "kafka"),
                "that the leases are given up"
            );

        world.Reconnect();
        await SendToAll(world, sender, "b");
        await Eventually.Equals(400, world.Effects, "the number of effects", 60);
    }

    private static int Lanes(Member member) => member.Host.Pumps[0].Lanes.Count();

    private static Task SendToAll(MessagingWorld world, Member sender, string name) =>
        world.Send(sender.Writer, [.. Enumerable.Range(0, 200).Select(n => world.Message($"k{n}", $"{name}{n}"))]);
}
