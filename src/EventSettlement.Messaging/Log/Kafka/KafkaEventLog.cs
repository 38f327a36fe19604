using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// The log of every installation that leaves one machine. Owns nothing but clients; offsets live in PostgreSQL.
/// </summary>
public sealed class KafkaEventLog : IEventLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan VisibleWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private readonly KafkaClients _clients;
    private readonly IAdminClient _admin;
    private readonly KafkaReader _reader;

    public KafkaEventLog(KafkaClients clients)
    {
        _clients = clients;
        _admin = clients.BuildAdmin();
        _reader = new KafkaReader(clients);
    }

    /// <summary>
    /// How long a group may be kept from what it should read before somebody is told: what lasts longer does not end by
    /// itself, for joining and electing a leader take seconds.
    /// </summary>
    public TimeSpan RefusalPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A topic's id is a UUID, of which no other cluster has the same. The cluster itself is not asked: librdkafka ends
    /// the process by an assertion when the answer names no broker, and a broker that stood still gives that answer
    /// until its controller counts it in again.
    /// </summary>
    public async Task<string> ReadIdentity(string topic, CancellationToken cancel)
    {
        var described = await _clients
            .Ask(() =>
                _admin.DescribeTopicsAsync(
                    TopicCollection.OfTopicNames([topic]),
                    new DescribeTopicsOptions { RequestTimeout = Patience }
                )
            )
            .WaitAsync(cancel);
        return $"kafka topic {described.TopicDescriptions.Single().TopicId}";
    }

    public bool IsShared => true;

    public bool CanShrink => false;

    public async Task<IReadOnlyDictionary<string, int>> CreateTopics(
        IReadOnlyCollection<TopicSpec> topics,
        CancellationToken cancel
    )
    {
        var there = await Counts();
        var missing = topics.Where(t => there.GetValueOrDefault(t.Name) == 0).ToList();
        if (missing.Count > 0)
        {
            await Create(missing);
            there = await WaitUntilVisible(counts => topics.All(t => counts.GetValueOrDefault(t.Name) > 0), cancel);
        }

        return topics.ToDictionary(t => t.Name, t => there[t.Name]);
    }

    public async Task<IReadOnlyDictionary<string, int>> ReadPartitions(
        IReadOnlyCollection<string> topics,
        CancellationToken cancel
    )
    {
        var counts = await Counts().WaitAsync(cancel);
        return topics.Where(counts.ContainsKey).ToDictionary(topic => topic, topic => counts[topic]);
    }

    public async Task<bool> IsCompacted(string topic, CancellationToken cancel)
    {
        var asked = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        var told = await _clients
            .Ask(() => _admin.DescribeConfigsAsync([asked], new DescribeConfigsOptions { RequestTimeout = Patience }))
            .WaitAsync(cancel);
        return told.Single().Entries.TryGetValue("cleanup.policy", out var policy)
            && policy.Value.Contains("compact", StringComparison.Ordinal);
    }

    public Task<bool> HasRecords(TopicPartition partition, long from, CancellationToken cancel) =>
        _clients.Ask(() => Task.Run(() => _reader.HasRecords(partition, from, Patience), cancel));

    public async Task SetPartitions(string topic, int partitions, CancellationToken cancel)
    {
        await _admin.CreatePartitionsAsync(
            [new PartitionsSpecification { Topic = topic, IncreaseTo = partitions }],
            new CreatePartitionsOptions { OperationTimeout = Patience, RequestTimeout = Patience }
        );
        await WaitUntilVisible(counts => counts.GetValueOrDefault(topic) == partitions, cancel);
    }

    /// <summary>What was made is told to those who ask a moment later.</summary>
    private async Task<Dictionary<string, int>> WaitUntilVisible(
        Func<Dictionary<string, int>, bool> made,
        CancellationToken cancel
    )
    {
        var asked = Stopwatch.GetTimestamp();
        while (true)
        {
            var counts = await Counts();
            if (made(counts))
                return counts;
            if (Stopwatch.GetElapsedTime(asked) > VisibleWithin)
                throw new TimeoutException("Kafka made topics or partitions and does not show them");
            await Task.Delay(Between, cancel);
        }
    }

    private async Task<Dictionary<string, int>> Counts()
    {
        var metadata = await _clients.Ask(() => Task.Run(() => _admin.GetMetadata(Patience)));
        return metadata.Topics.ToDictionary(t => t.Topic, t => t.Partitions.Count);
    }

    private async Task Create(List<TopicSpec> missing)
    {
        try
        {
            await _admin.CreateTopicsAsync(
                missing.Select(t => new TopicSpecification
                {
                    Name = t.Name,
                    NumPartitions = t.Partitions,
                    ReplicationFactor = -1,
                }),
                new CreateTopicsOptions { OperationTimeout = Patience, RequestTimeout = Patience }
            );
        }
        catch (CreateTopicsException e)
            when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another process created them at the same moment.
        }
    }

    public Task<(long Begin, long End)> ReadBounds(TopicPartition partition, CancellationToken cancel) =>
        _clients.Ask(() => Task.Run(() => _reader.Bounds(partition, Patience), cancel));

    public Task<LogRecord?> ReadAt(TopicPartition partition, long offset, CancellationToken cancel) =>
        _clients.Ask(() => Task.Run(() => _reader.ReadAt(partition, offset, Patience), cancel));

    public Task Consume(
        string group,
        IReadOnlyCollection<string> topics,
        IPartitionOwner owner,
        CancellationToken cancel
    ) =>
        Task.Factory.StartNew(
            () =>
                new KafkaMember(_clients, group, owner, new LogIdentities(this, topics))
                {
                    Patience = RefusalPatience,
                }.Run(topics, cancel),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    public ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _reader.Dispose();
        return ValueTask.CompletedTask;
    }
}
