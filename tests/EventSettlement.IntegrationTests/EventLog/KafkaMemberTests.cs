using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;
using KafkaPartition = Confluent.Kafka.TopicPartition;

namespace EventSettlement.IntegrationTests.EventLog;

/// <summary>What a member of a Kafka group reads, whatever its client does by itself.</summary>
public sealed class KafkaMemberTests : IAsyncLifetime
{
    private readonly string _topic = "member-" + Guid.NewGuid().ToString("N")[..8];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<KafkaEventLog> _logs = [];
    private readonly List<Task> _members = [];
    private IAdminClient _admin = null!;
    private IProducer<Null, byte[]> _producer = null!;

    private string GroupId => "members-of-" + _topic;

    public async Task InitializeAsync()
    {
        var client = new ClientConfig { BootstrapServers = await KafkaBroker.Bootstrap() };
        _admin = new AdminClientBuilder(client).Build();
        _producer = new ProducerBuilder<Null, byte[]>(client).Build();
        await CreateTopic(_admin);
    }

    [Fact]
    public async Task A_partition_that_is_accepted_later_is_read_from_its_start_however_long_the_broker_takes()
    {
        await Produce(100);
        var owner = new PlainOwner { Start = taken => taken == 1 ? null : 0 };
        Join((await KafkaBroker.Slow()).Bootstrap, owner);
        await Eventually.Holds(() => Task.FromResult(owner.Takes >= 2), TimeSpan.FromSeconds(30), "it is accepted");

        await Produce(20);

        await Eventually.Equals(120, () => Task.FromResult(owner.Offered.Count), "the records that were read");
        Assert.Equal(Enumerable.Range(0, 120).Select(n => (long)n), owner.Offered);
    }

    [Fact]
    public async Task A_partition_whose_next_record_was_deleted_is_offered_again_to_its_owner()
    {
        await Produce(10);
        var owner = new PlainOwner { Start = taken => taken == 1 ? 0 : 30, IsFull = true };
        Join(await KafkaBroker.Bootstrap(), owner);
        await Eventually.Equals(10, () => Task.FromResult(owner.Offered.Count), "the records that were read");

        await Produce(25);
        await _admin.DeleteRecordsAsync([new TopicPartitionOffset(new KafkaPartition(_topic, 0), 30)]);
        owner.IsFull = false;

        await Eventually.Equals(15, () => Task.FromResult(owner.Offered.Count), "the records that were read");
        Assert.Equal(2, owner.Takes);
        Assert.Equal(30, owner.Offered.ElementAt(10));
    }

    [Fact]
    public async Task A_partition_that_was_full_when_it_was_lost_is_read_by_its_next_ownership()
    {
        await Produce(10);
        var owner = new PlainOwner { Start = _ => 0, IsFull = true };
        var broker = await KafkaBroker.Slow();
        Join(broker.Bootstrap, owner);
        await Eventually.Equals(10, () => Task.FromResult(owner.Offered.Count), "the records that were read");

        broker.IsSilent = true;
        await Eventually.Equals(0, () => Task.FromResult(Members()), "the number of members");
        (owner.IsFull, broker.IsSilent) = (false, false);

        await Eventually.Equals(20, () => Task.FromResult(owner.Offered.Count), "the records that were read");
        Assert.Equal(2, owner.Takes);
    }

    [Fact]
    public async Task A_group_that_the_broker_refuses_is_told_with_its_words()
    {
        var owner = new PlainOwner { Start = _ => 0 };
        var bootstrap = await KafkaBroker.WithLongSessions();
        using (var admin = new AdminClientBuilder(new ClientConfig { BootstrapServers = bootstrap }).Build())
            await CreateTopic(admin);
        Join(bootstrap, owner);

        await Eventually.Holds(
            () => Task.FromResult(owner.Troubled is not null),
            TimeSpan.FromSeconds(40),
            "it is told"
        );
        Assert.Contains("session timeout", owner.Troubled, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(GroupId, owner.Troubled, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_that_is_gone_is_told_and_no_more_once_it_is_read_again()
    {
        await Produce(3);
        var owner = new PlainOwner { Start = _ => 0 };
        Join(await KafkaBroker.Bootstrap(), owner);
        await Eventually.Equals(3, () => Task.FromResult(owner.Offered.Count), "the records that were read");

        await _admin.DeleteTopicsAsync([_topic]);
        await Eventually.Holds(
            () => Task.FromResult(owner.Troubled is not null),
            TimeSpan.FromSeconds(60),
            "it is told"
        );
        Assert.Contains(_topic, owner.Troubled, StringComparison.Ordinal);

        await CreateTopic(_admin);
        await Eventually.Holds(() => Task.FromResult(owner.Troubled is null), TimeSpan.FromSeconds(60), "it is over");
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_members);
        foreach (var log in _logs)
            await log.DisposeAsync();
        _producer.Dispose();
        _admin.Dispose();
        _stop.Dispose();
    }

    private void Join(string bootstrap, IPartitionOwner owner)
    {
        var log = new KafkaEventLog(new KafkaClients(bootstrap, new KafkaSecurity()))
        {
            RefusalPatience = TimeSpan.FromSeconds(5),
        };
        _logs.Add(log);
        _members.Add(log.Consume(GroupId, [_topic], owner, _stop.Token));
    }

    private Task CreateTopic(IAdminClient admin) =>
        admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = _topic,
                NumPartitions = 1,
                ReplicationFactor = 1,
            },
        ]);

    private int Members() => _admin.ListGroup(GroupId, TimeSpan.FromSeconds(10)).Members.Count;

    private async Task Produce(int count)
    {
        for (var n = 0; n < count; n++)
            await _producer.ProduceAsync(_topic, new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes($"{n}") });
    }
}
