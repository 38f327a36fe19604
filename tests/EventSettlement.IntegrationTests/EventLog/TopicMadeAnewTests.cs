using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Batches;

namespace EventSettlement.IntegrationTests.EventLog;

/// <summary>A topic that was deleted and made anew is another log: nothing of it is skipped.</summary>
public sealed class TopicMadeAnewTests : IAsyncLifetime
{
    private IAdminClient _admin = null!;
    private MessagingWorld _world = null!;

    public async Task InitializeAsync()
    {
        _admin = new AdminClientBuilder(new ClientConfig { BootstrapServers = await KafkaBroker.Bootstrap() }).Build();
        _world = await MessagingWorld.Create<OnKafka>();
    }

    /// <summary>Fewer records than were read before, and more.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(400)]
    public async Task Made_anew_while_nobody_read_it_stops_and_is_read_whole_once_it_is_accepted(int records)
    {
        await using (var before = await _world.Start(new EffectConsumer("one")))
            await Take(before, "a", 100, 100);
        await MakeAnew();
        await Fill("b", records);

        var member = await _world.Start(new EffectConsumer("two"));
        await AllStop();
        // Twice, before anything of it was read.
        foreach (var partition in Enumerable.Range(0, MessagingWorld.Partitions))
            Assert.Equal(0, await Accept(member, partition));

        await Eventually.Equals(100L + records, _world.Effects, "the number of effects", 60);
    }

    [Fact]
    public async Task Made_anew_twice_stops_twice()
    {
        await using (var before = await _world.Start(new EffectConsumer("one")))
            await Take(before, "a", 100, 100);
        await MakeAnew();
        Member accepting;
        await using (accepting = await _world.Start(new EffectConsumer("two")))
        {
            await AllStop();
            foreach (var partition in Enumerable.Range(0, MessagingWorld.Partitions))
                await Accept(accepting, partition);
        }

        await MakeAnew();
        await Fill("b", 160);
        var member = await _world.Start(new EffectConsumer("three"));
        await AllStop();
        foreach (var partition in Enumerable.Range(0, MessagingWorld.Partitions))
            await Accept(member, partition);

        await Eventually.Equals(260L, _world.Effects, "the number of effects", 60);
    }

    [Fact]
    public async Task Made_anew_under_a_reader_stops_and_is_read_whole_once_it_is_accepted()
    {
        var member = await _world.Start(new EffectConsumer("one"));
        await Take(member, "a", 100, 100);

        await MakeAnew();
        await Fill("b", 400);
        await AllStop();
        foreach (var partition in Enumerable.Range(0, MessagingWorld.Partitions))
            await Accept(member, partition);

        await Eventually.Equals(
            400L,
            () => _world.Read<long>("SELECT count(DISTINCT id) FROM effect WHERE id LIKE 'b%'"),
            "the number of effects",
            60
        );
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        _admin.Dispose();
    }

    private Task<long> Accept(Member member, int partition) =>
        member.Accept(new EventSettlement.Messaging.Log.TopicPartition(_world.Topic, partition));

    private async Task Take(Member member, string name, int records, long effects)
    {
        await _world.Send(
            member.Writer,
            [.. Enumerable.Range(0, records).Select(n => _world.Message($"k{n}", $"{name}{n}"))]
        );
        await Eventually.Equals(effects, _world.Effects, "the number of effects");
    }

    private async Task Fill(string name, int records)
    {
        using var producer = new ProducerBuilder<string, string>(
            new ProducerConfig { BootstrapServers = await KafkaBroker.Bootstrap() }
        ).Build();
        await Task.WhenAll(
            Enumerable
                .Range(0, records)
                .Select(n =>
                    producer.ProduceAsync(
                        new Confluent.Kafka.TopicPartition(_world.Topic, n % MessagingWorld.Partitions),
                        new Message<string, string> { Key = $"k{n}", Value = $"{name}{n}" }
                    )
                )
        );
    }

    private Task AllStop() =>
        Eventually.Equals(
            (long)MessagingWorld.Partitions,
            () => _world.Read<long>("SELECT count(*) FROM consumer_offset WHERE stopped LIKE '%counts in log%'"),
            "the number of partitions that stopped",
            60
        );

    private async Task MakeAnew()
    {
        await _admin.DeleteTopicsAsync([_world.Topic]);
        await Eventually.Holds(
            () =>
                Task.FromResult(
                    _admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.TrueForAll(t => t.Topic != _world.Topic)
                ),
            TimeSpan.FromSeconds(30),
            "the topic is gone"
        );
        await _admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = _world.Topic,
                NumPartitions = MessagingWorld.Partitions,
                ReplicationFactor = 1,
            },
        ]);
    }
}
