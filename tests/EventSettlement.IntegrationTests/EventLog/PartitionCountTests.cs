using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;

namespace EventSettlement.IntegrationTests.EventLog;

public sealed class PartitionCountOnPostgresTests : PartitionCountTests<OnPostgres>
{
    [Fact]
    public async Task Fewer_partitions_are_appended_to_and_all_are_read_when_nothing_is_under_way()
    {
        await using var world = await MessagingWorld.Create<OnPostgres>();
        await using var former = await world.Start();
        await using (var first = await world.Start(new EffectConsumer("one")))
            await SendAndAwait(world, first, "a", 200);

        var now = await world.Start(new EffectConsumer("one"), partitions: 2);
        await SendAndAwait(world, now, "b", 400);
        Assert.Equal(
            200L,
            await world.Read<long>("SELECT sum(next_offset)::bigint FROM consumer_offset " + "WHERE partition < 2")
                - await world.Read<long>(
                    "SELECT count(*) FROM event_log JOIN log_topic "
                        + "USING (topic_id) WHERE partition < 2 AND convert_from(body, 'UTF8') LIKE 'a%'"
                )
        );

        // A server that was started before appends by the former number until it is started anew.
        await SendAndAwait(world, former, "c", 600);
    }
}

public sealed class PartitionCountOnKafkaTests : PartitionCountTests<OnKafka>
{
    [Fact]
    public async Task Fewer_partitions_are_refused_with_the_number_to_keep()
    {
        await using var world = await MessagingWorld.Create<OnKafka>();
        await using (await world.Start(new EffectConsumer("one"))) { }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            world.Start(new EffectConsumer("one"), partitions: 2)
        );
        Assert.Equal(
            $"Topic {world.Topic} has 4 partitions and EventLog:Partitions says 2. Kafka cannot take "
                + "partitions from a topic: set EventLog:Partitions to 4.",
            refused.Message
        );
    }

    [Fact]
    public async Task A_topic_of_others_is_read_in_all_its_partitions_whatever_their_number()
    {
        await using var world = await MessagingWorld.Create<OnKafka>();
        var client = new ClientConfig { BootstrapServers = await KafkaBroker.Bootstrap() };
        using var admin = new AdminClientBuilder(client).Build();
        await admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = world.Topic,
                NumPartitions = 7,
                ReplicationFactor = 1,
            },
        ]);
        await Produce(client, world.Topic, 0, 7);

        var member = await world.Start(new EffectConsumer("one"), shared: true);

        await Eventually.Equals(7, world.Effects, "the number of effects");
        await SendAndAwait(world, member, "b", 207);
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = world.Topic, IncreaseTo = 9 }]);
        await Produce(client, world.Topic, 7, 2);
        await Eventually.Equals(209, world.Effects, "the number of effects");
        Assert.Equal(9L, await world.Read<long>("SELECT count(*) FROM consumer_offset WHERE next_offset > 0"));
    }

    private static async Task Produce(ClientConfig client, string topic, int from, int count)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(client).Build();
        for (var partition = from; partition < from + count; partition++)
            await producer.ProduceAsync(
                new Confluent.Kafka.TopicPartition(topic, partition),
                new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes($"{partition}") }
            );
    }
}

public abstract class PartitionCountTests<TLog>
    where TLog : ILogKind
{
    [Fact]
    public async Task Servers_that_start_at_once_with_more_partitions_change_the_topic_once_and_read_all_of_it()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        await using (var before = await world.Start(new EffectConsumer("one")))
            await SendAndAwait(world, before, "a", 200);

        var members = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => Task.Run(() => world.Start(new EffectConsumer("one"), partitions: 6)))
        );
        foreach (var (member, n) in members.Select((member, n) => (member, n)))
            await SendAndAwait(world, member, $"b{n}.", 400 + 200 * n);

        Assert.Equal(6L, await world.Read<long>("SELECT count(*) FROM consumer_offset WHERE next_offset > 0"));
        Assert.Equal(800L, await world.Read<long>("SELECT count(DISTINCT id) FROM effect"));
    }

    [Fact]
    public async Task Another_number_is_refused_while_messages_are_unread()
    {
        await using var world = await MessagingWorld.Create<TLog>();
        await using (var sender = await world.Start())
        {
            await world.Send(sender.Writer, world.Message("k", "a"));
            await Eventually.Equals(1L, () => Records(world, sender), "the number of records in the log");
            await Eventually.Equals(0L, () => sender.Writer.CountWaiting(default), "the number of rows in the outbox");
        }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            world.Start(new EffectConsumer("one"), partitions: 6)
        );
        Assert.Matches(
            $"^Topic {world.Topic} has 4 partitions and EventLog:Partitions says 6, .* group has not read "
                + $"{world.Topic}/[0-3] to its end. Start with EventLog:Partitions=4, let it all be handled, ",
            refused.Message
        );

        await using (await world.Start(new EffectConsumer("one")))
            await Eventually.Equals(1, world.Effects, "the number of effects");
        var changed = await world.Start(new EffectConsumer("one"), partitions: 6);
        await SendAndAwait(world, changed, "b", 201);
    }

    [Theory]
    [InlineData(
        "scheduled_message (token, due_at, topic, body, headers) VALUES (gen_random_uuid(), 'infinity', 't', "
            + "'', '')",
        "timers are set"
    )]
    [InlineData("outbox (shard, topic, headers) VALUES (99, 't', '')", "messages wait in the outbox")]
    public async Task Another_number_is_refused_while_something_waits(string row, string said)
    {
        await using var world = await MessagingWorld.Create<TLog>();
        await using (await world.Start()) { }

        await world.Execute("INSERT INTO " + row);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => world.Start(partitions: 6));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        await world.Start();
    }

    protected static async Task SendAndAwait(MessagingWorld world, Member sender, string name, long effects)
    {
        await world.Send(
            sender.Writer,
            [.. Enumerable.Range(0, 200).Select(n => world.Message($"k{n}", $"{name}{n}"))]
        );
        await Eventually.Equals(effects, world.Effects, "the number of effects");
    }

    private static async Task<long> Records(MessagingWorld world, Member member)
    {
        long records = 0;
        for (var partition = 0; partition < MessagingWorld.Partitions; partition++)
            records += (await member.Log.ReadBounds(new(world.Topic, partition), default)).End;
        return records;
    }
}
