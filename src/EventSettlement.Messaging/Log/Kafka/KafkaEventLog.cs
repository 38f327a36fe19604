using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// The log of every installation that leaves one machine. Owns nothing but clients; offsets live in PostgreSQL.
/// </summary>
public sealed class KafkaEventLog : IEventLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly string _bootstrap;
    private readonly IAdminClient _admin;
    private readonly KafkaReader _reader;

    /// <param name="bootstrap"><c>host:port</c>, several by comma.</param>
    public KafkaEventLog(string bootstrap)
    {
        KafkaLibrary.Load();
        _bootstrap = bootstrap;
        _admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap })
            .SetLogHandler((_, _) => { }).Build();
        _reader = new KafkaReader(bootstrap);
    }

    public async Task<string> ReadIdentity(CancellationToken cancel) =>
        "kafka " + await KafkaLibrary.ReadClusterId(_admin, Patience);

    public async Task CreateTopics(IReadOnlyCollection<TopicSpec> topics, CancellationToken cancel)
    {
        var there = _admin.GetMetadata(Patience).Topics.ToDictionary(t => t.Topic, t => t.Partitions.Count);
        var missing = topics.Where(t => !there.ContainsKey(t.Name)).ToList();
        var wrong = topics.Where(t => there.TryGetValue(t.Name, out var n) && n != t.Partitions).ToList();
        if (wrong.Count > 0)
            throw new InvalidOperationException(string.Join("; ", wrong.Select(t =>
                $"topic {t.Name} has {there[t.Name]} partitions, EventLog:Partitions says {t.Partitions}")));
        if (missing.Count == 0)
            return;
        try
        {
            await _admin.CreateTopicsAsync(
                missing.Select(t => new TopicSpecification { Name = t.Name, NumPartitions = t.Partitions,
                ReplicationFactor = -1 }),
                new CreateTopicsOptions { OperationTimeout = Patience, RequestTimeout = Patience });
        }
        catch (CreateTopicsException e) when (e.Results.All(
            r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another process created them at the same moment.
        }
    }

    public Task<(long Begin, long End)> ReadBounds(TopicPartition partition, CancellationToken cancel) =>
        Task.Run(() => _reader.Bounds(partition, Patience), cancel);

    public Task<LogRecord?> ReadAt(TopicPartition partition, long offset, CancellationToken cancel) =>
        Task.Run(() => _reader.ReadAt(partition, offset, Patience), cancel);

    public Task Consume(
        string group, IReadOnlyCollection<string> topics, IPartitionOwner owner, CancellationToken cancel) =>
        Task.Factory.StartNew(() => new KafkaMember(_bootstrap, group, owner).Run(topics, cancel),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _reader.Dispose();
        return ValueTask.CompletedTask;
    }
}
