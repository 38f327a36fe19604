using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Parked;

namespace EventSettlement.IntegrationTests.EventLog;

/// <summary>What a broker does not take stands in nobody's way, and somebody hears of it.</summary>
public sealed class RefusedByKafkaTests : IAsyncLifetime
{
    private IAdminClient _admin = null!;
    private MessagingWorld _world = null!;

    public async Task InitializeAsync()
    {
        _admin = new AdminClientBuilder(new ClientConfig { BootstrapServers = await KafkaBroker.Bootstrap() }).Build();
        _world = await MessagingWorld.Create<OnKafka>();
    }

    [Fact]
    public async Task A_message_that_is_too_large_for_its_topic_is_parked_and_the_others_are_sent()
    {
        var member = await _world.Start(new EffectConsumer("one"));
        await Configure("max.message.bytes", "2000");
        var large = Convert.ToHexString(Random(40_000));

        await _world.Send(
            member.Writer,
            [
                .. Enumerable.Range(0, 10).Select(n => _world.Message($"k{n}", $"before {n}")),
                _world.Message("k3", large),
                .. Enumerable.Range(0, 10).Select(n => _world.Message($"k{n}", $"after {n}")),
            ]
        );

        await OneIsParked(taken: 20);
        Assert.Equal(
            large.Length.ToString(),
            await _world.Read<string>("SELECT length(body)::text FROM parked_message")
        );

        // Sent again it fails alone again, as a message of its own.
        var id = await _world.Read<long>("SELECT id FROM parked_message");
        Assert.True(await member.Get<ParkedMessages>().Replay(id, "kim", CancellationToken.None));
        await Eventually.Equals(2L, () => _world.Read<long>("SELECT count(*) FROM parked_message"), "the parked ones");
        await Configure("max.message.bytes", "1000000");
        id = await _world.Read<long>("SELECT max(id) FROM parked_message");
        Assert.True(await member.Get<ParkedMessages>().Replay(id, "kim", CancellationToken.None));
        await Eventually.Equals(21L, _world.Effects, "the number of effects");
    }

    [Fact]
    public async Task A_message_without_a_key_for_a_compacted_topic_is_parked_and_the_others_are_sent()
    {
        var member = await _world.Start(new EffectConsumer("one"));
        await Configure("cleanup.policy", "compact");

        await _world.Send(
            member.Writer,
            [
                new OutgoingMessage(_world.Topic, (byte[]?)null, "no key"u8.ToArray(), HeaderMap.Empty),
                .. Enumerable.Range(0, 20).Select(n => _world.Message($"k{n}", $"{n}")),
            ]
        );

        await OneIsParked(taken: 20);
    }

    [Fact]
    public async Task A_topic_that_is_gone_holds_back_its_own_messages_alone()
    {
        var gone = "gone-" + Guid.NewGuid().ToString("N")[..8];
        var member = await _world.Start(new EffectConsumer("one"));
        await _world.Send(member.Writer, Of(gone, 0), Of(gone, 1), _world.Message("k", "a"));
        await Eventually.Equals(1L, _world.Effects, "the number of effects");
        await Eventually.Holds(
            () => Task.FromResult(_world.Alerts.Any(a => a.Code == "topic_refused" && a.Cause == gone)),
            TimeSpan.FromSeconds(30),
            "somebody was told"
        );

        // While it is gone the others do not wait for it.
        for (var n = 0; n < 5; n++)
        {
            await _world.Send(member.Writer, Of(gone, n), _world.Message("k", $"b{n}"));
            await Eventually.Equals(2L + n, _world.Effects, "the number of effects", seconds: 5);
        }

        await _admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = gone,
                NumPartitions = 1,
                ReplicationFactor = 1,
            },
        ]);
        await Eventually.Equals(0L, Waiting, "the number of messages that wait", seconds: 60);
        Assert.Equal(7L, await EndOf(gone));
        Assert.Equal(0L, await _world.Read<long>("SELECT count(*) FROM parked_message"));
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        _admin.Dispose();
    }

    private async Task OneIsParked(int taken)
    {
        await Eventually.Equals((long)taken, _world.Effects, "the number of effects");
        await Eventually.Equals(0L, Waiting, "the number of messages that wait");
        Assert.Equal(
            $"outbox {_world.Topic} refused_by_broker PARKED",
            await _world.Read<string>("SELECT concat_ws(' ', group_id, topic, code, status) FROM parked_message")
        );
        Assert.Contains(_world.Alerts, a => a.Code == "message_refused" && a.Cause == _world.Topic);
        Assert.DoesNotContain(_world.Alerts, a => a.Code == "topic_refused");
    }

    private Task<long> Waiting() => _world.Read<long>("SELECT count(*) FROM outbox");

    private static OutgoingMessage Of(string topic, int n) =>
        new(topic, $"k{n}", Encoding.UTF8.GetBytes($"{n}"), HeaderMap.Empty);

    private static byte[] Random(int bytes)
    {
        var noise = new byte[bytes / 2];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private Task Configure(string name, string value) =>
        _admin.IncrementalAlterConfigsAsync(
            new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [new ConfigResource { Type = ResourceType.Topic, Name = _world.Topic }] =
                [
                    new ConfigEntry
                    {
                        Name = name,
                        Value = value,
                        IncrementalOperation = AlterConfigOpType.Set,
                    },
                ],
            }
        );

    private static async Task<long> EndOf(string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = await KafkaBroker.Bootstrap(), GroupId = "ends" }
        ).Build();
        return consumer.QueryWatermarkOffsets(new(topic, 0), TimeSpan.FromSeconds(10)).High.Value;
    }
}
