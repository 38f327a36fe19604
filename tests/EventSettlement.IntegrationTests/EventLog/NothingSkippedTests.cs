using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;

namespace EventSettlement.IntegrationTests.EventLog;

public sealed class NothingSkippedOnPostgresTests : NothingSkippedTests<OnPostgres>;

public sealed class NothingSkippedOnKafkaTests : NothingSkippedTests<OnKafka>;

public abstract class NothingSkippedTests<TLog> where TLog : ILogKind
{
    [Theory]
    [InlineData("log_id = 'another log'", "counts in log another log")]
    [InlineData("last_crc = last_crc + 1", "another record")]
    [InlineData("last_time = last_time - interval '1 s'", "another record")]
    [InlineData("next_offset = next_offset + 1000", "before offset")]
    public async Task An_offset_that_the_log_does_not_bear_out_stops_the_partition_until_it_is_accepted(string change,
        string reason)
    {
        await using var world = await MessagingWorld.Create<TLog>();
        await using (var before = await world.Start(new EffectConsumer("one")))
        {
            await world.Send(before.Writer, world.Message("k", "a"));
            await Eventually.Equals(1, world.Effects, "the number of effects");
        }

        await world.Execute($"UPDATE consumer_offset SET {change} WHERE next_offset > 0");
        var member = await world.Start(new EffectConsumer("one"));
        await world.Send(member.Writer, world.Message("k", "b"));
        await Eventually.Holds(() => Task.FromResult(world.Alerts.Any(alert => alert.Code == "partition_stopped")),
            TimeSpan.FromSeconds(30), "somebody was told");
        Assert.Contains(reason, await world
            .Read<string>("SELECT stopped FROM consumer_offset WHERE stopped IS NOT NULL"), StringComparison.Ordinal);
        Assert.Equal(1, await world.Effects());

        var partition = await world.Read<int>("SELECT partition FROM consumer_offset WHERE stopped IS NOT NULL");
        var from = await member.Get<OffsetStore>()
            .Accept("group", new TopicPartition(world.Topic, partition), CancellationToken.None);
        await world.Send(member.Writer, world.Message("k", "c"));

        Assert.InRange(from!.Value, 1, 2);
        await Eventually.Equals(from == 1 ? "a,b,c" : "a,c",
            () => world.Read<string>("SELECT string_agg(id, ',' ORDER BY id) FROM effect"), "the effects");
    }
}
