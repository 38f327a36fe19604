using System.Text;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Parked;

namespace EventSettlement.IntegrationTests.EventLog;

public sealed class PoisonOnPostgresTests : PoisonTests<OnPostgres>;

public sealed class PoisonOnKafkaTests : PoisonTests<OnKafka>;

public abstract class PoisonTests<TLog>
    where TLog : ILogKind
{
    [Theory]
    [InlineData("nul\0inside", "refused_22021")]
    [InlineData("throws", "handler_failed")]
    public async Task Poison_is_parked_with_its_bytes_and_its_neighbours_are_handled(string poison, string code)
    {
        await using var world = await MessagingWorld.Create<TLog>();
        var member = await world.Start(
            new EffectConsumer("one", id => id == "throws" ? throw new FormatException("cannot read this") : id)
        );
        await world.Send(
            member.Writer,
            [.. Enumerable.Range(0, 100).Select(n => world.Message("same key", n == 42 ? poison : $"m{n}"))]
        );

        await Eventually.Equals(99, world.Effects, "the number of effects");
        await Eventually.Equals(
            1L,
            () => world.Read<long>("SELECT count(*) FROM parked_message"),
            "the number of parked messages"
        );

        Assert.Equal(99L, await world.Read<long>("SELECT count(DISTINCT id) FROM effect"));
        Assert.Equal(code, await world.Read<string>("SELECT code FROM parked_message"));
        Assert.Equal(Encoding.UTF8.GetBytes(poison), await world.Read<byte[]>("SELECT body FROM parked_message"));
    }

    [Fact]
    public async Task A_replayed_message_keeps_its_key_to_the_byte()
    {
        byte[] key = [0xFF, 0x00, 0x01];
        await using var world = await MessagingWorld.Create<TLog>();
        var member = await world.Start(new EffectConsumer("one", _ => throw new FormatException("bad")));
        await world.Send(member.Writer, new OutgoingMessage(world.Topic, key, "bad"u8.ToArray(), HeaderMap.Empty));
        await Eventually.Equals(
            1L,
            () => world.Read<long>("SELECT count(*) FROM parked_message"),
            "the number of parked messages"
        );
        var parked = member.Get<ParkedMessages>();
        var first = Assert.Single(await parked.List("PARKED", null, null, 10, CancellationToken.None));

        Assert.True(await parked.Replay(first.Id, "anna", CancellationToken.None));
        await Eventually.Equals(
            2L,
            () => world.Read<long>("SELECT count(*) FROM parked_message"),
            "the number of parked messages"
        );

        var again = Assert.Single(await parked.List("PARKED", null, null, 10, CancellationToken.None));
        Assert.Equal(key, first.Key);
        Assert.Equal(key, again.Key);
    }

    [Fact]
    public async Task A_parked_message_can_be_replayed_once_or_discarded_with_a_reason()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        var repaired = false;
        var member = await world.Start(
            new EffectConsumer(
                "one",
                id =>
                    id.StartsWith("bad", StringComparison.Ordinal) && !Volatile.Read(ref repaired)
                        ? throw new FormatException("bad")
                        : id
            )
        );
        await world.Send(member.Writer, world.Message("k", "bad1"), world.Message("k", "bad2"));
        await Eventually.Equals(
            2L,
            () => world.Read<long>("SELECT count(*) FROM parked_message"),
            "the number of parked messages"
        );
        var parked = member.Get<ParkedMessages>();
        var listed = await parked.List("PARKED", "handler_failed", null, 10, CancellationToken.None);

        Volatile.Write(ref repaired, true);
        Assert.True(await parked.Replay(listed[1].Id, "anna", CancellationToken.None));
        Assert.False(await parked.Replay(listed[1].Id, "anna", CancellationToken.None));
        Assert.True(await parked.Discard(listed[0].Id, "anna", "a test message", CancellationToken.None));

        await Eventually.Equals(1, world.Effects, "the number of effects");
        Assert.Equal("bad1", await world.Read<string>("SELECT id FROM effect"));
        Assert.Equal("DISCARDED", (await parked.Show(listed[0].Id, CancellationToken.None))!.Status);
    }
}
