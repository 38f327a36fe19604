using Confluent.Kafka;
using Npgsql;
using KafkaPartition = Confluent.Kafka.TopicPartition;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// One member of a consumer group. The group decides who owns a partition; where to read from, and what is done, is the
/// owner's to say. Offsets told to Kafka are for its own tools: ours stand in PostgreSQL.
/// </summary>
internal sealed class KafkaMember(string bootstrap, string group, IPartitionOwner owner)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CommitEvery = TimeSpan.FromSeconds(1);
    private const int ReadAtOnce = 2000;
    private static readonly TimeSpan RetakeEvery = TimeSpan.FromSeconds(2);

    // How long a partition that was added stays unread.
    private static readonly TimeSpan HearOfPartitions = TimeSpan.FromSeconds(10);

    // What the group gave us, and of it what the owner took: the rest stands stopped, paused and is offered again.
    private readonly HashSet<KafkaPartition> _given = [];
    private readonly HashSet<KafkaPartition> _mine = [];
    private readonly HashSet<KafkaPartition> _paused = [];
    private readonly Dictionary<KafkaPartition, long> _told = [];

    // Where reading was told to start, until the first record shows that it did; and whether it was told again.
    private readonly Dictionary<KafkaPartition, (long Start, bool Again)> _unproven = [];

    // Read and not offered yet. A rebalance may come between two reads: what an earlier ownership read is forgotten
    // with it, for the next one starts at the committed offset, before these.
    private readonly Dictionary<KafkaPartition, List<LogRecord>> _read = [];
    private CancellationToken _cancel;

    public void Run(IReadOnlyCollection<string> topics, CancellationToken cancel)
    {
        _cancel = cancel;
        using var consumer = Build();
        consumer.Subscribe(topics);
        var nextCommit = Environment.TickCount64;
        var nextRetake = nextCommit;
        while (!cancel.IsCancellationRequested)
        {
            Read(consumer);
            Pause(consumer);
            if (Environment.TickCount64 >= nextRetake)
            {
                foreach (var partition in _unproven.Keys.ToList())
                    StartAgain(consumer, partition);
                Retake(consumer);
                nextRetake = Environment.TickCount64 + (long)RetakeEvery.TotalMilliseconds;
            }

            if (Environment.TickCount64 < nextCommit)
                continue;
            Commit(consumer);
            nextCommit = Environment.TickCount64 + (long)CommitEvery.TotalMilliseconds;
        }

        // Leaving revokes what we hold: the handler drains, commits and forgets it.
        consumer.Close();
    }

    private IConsumer<byte[], byte[]> Build() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrap, GroupId = group, EnableAutoCommit = false, EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Error, SessionTimeoutMs = 6000, HeartbeatIntervalMs = 1500,
        FetchWaitMaxMs = 5, QueuedMaxMessagesKbytes = 32 * 1024, FetchMaxBytes = 8 * 1024 * 1024,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
        TopicMetadataRefreshIntervalMs = (int)HearOfPartitions.TotalMilliseconds,
    })
        .SetLogHandler((_, _) => { })
        .SetErrorHandler((_, _) => { })
        .SetPartitionsAssignedHandler((_, given) => Take(given))
        .SetPartitionsRevokedHandler((c, taken) =>
        {
            var partitions = taken.Select(t => t.TopicPartition).ToList();
            Release(partitions);
            Commit(c);

            // The client keeps a pause beyond the ownership: the next one would never read.
            c.Resume(partitions);
            partitions.ForEach(Forget);
        })
        .SetPartitionsLostHandler((_, lost) =>
        {
            foreach (var partition in lost)
            {
                Forget(partition.TopicPartition);
                owner.Lose(Ours(partition.TopicPartition));
            }
        })
        .Build();

    /// <summary>
    /// What is read of a partition that was not taken is dropped, until <see cref="Retake"/> seeks back.
    /// </summary>
    private List<TopicPartitionOffset> Take(List<KafkaPartition> given)
    {
        var from = new List<TopicPartitionOffset>();
        foreach (var partition in given)
        {
            _given.Add(partition);
            from.Add(new TopicPartitionOffset(partition, TryTake(partition) is { } start ? start : Offset.End));
        }

        return from;
    }

    private long? TryTake(KafkaPartition partition)
    {
        try
        {
            if (owner.Take(Ours(partition), _cancel).GetAwaiter().GetResult() is not { } start)
                return null;
            _mine.Add(partition);
            _unproven[partition] = (start, Again: false);
            return start;
        }
        catch (Exception failure) when (failure is NpgsqlException or KafkaException or TimeoutException)
        {
            // The database or the broker is away for a moment; the partition stays ours in the group.
            return null;
        }
    }

    private void Retake(IConsumer<byte[], byte[]> consumer)
    {
        foreach (var partition in _mine.Where(p => owner.CommittedOffset(Ours(p)) < 0).ToList())
        {
            _mine.Remove(partition);
            _unproven.Remove(partition);
        }

        foreach (var partition in _given.Where(p => !_mine.Contains(p)))
        {
            consumer.Pause([partition]);
            _paused.Remove(partition);
            if (TryTake(partition) is not { } start)
                continue;
            consumer.Seek(new TopicPartitionOffset(partition, start));
            consumer.Resume([partition]);
        }
    }

    private void Read(IConsumer<byte[], byte[]> consumer)
    {
        // What was consumed is kept before the limit is asked: the client's position is behind it already.
        for (var n = 0; n < ReadAtOnce && Next(consumer, n == 0 ? Poll : TimeSpan.Zero) is { } next; n++)
        {
            if (!_mine.Contains(next.TopicPartition) || !IsFromStart(consumer, next.TopicPartitionOffset))
                continue;
            if (!_read.TryGetValue(next.TopicPartition, out var records))
                _read[next.TopicPartition] = records = [];
            records.Add(KafkaRecord.From(next));
        }

        foreach (var (partition, records) in _read)
            if (_mine.Contains(partition) && !owner.Offer(Ours(partition), records) && _paused.Add(partition))
                consumer.Pause([partition]);
        _read.Clear();
    }

    /// <summary>
    /// A client that was told where to start while it stood elsewhere may go on from there, and what lies between would
    /// be lost unseen. So what comes first is where it was told to start, or came when it was told so once more: then
    /// nothing is between, as where records were compacted or a transaction ended.
    /// </summary>
    private bool IsFromStart(IConsumer<byte[], byte[]> consumer, TopicPartitionOffset first)
    {
        if (!_unproven.TryGetValue(first.TopicPartition, out var told))
            return true;
        if (first.Offset.Value != told.Start && StartAgain(consumer, first.TopicPartition))
            return false;
        return _unproven.Remove(first.TopicPartition);
    }

    /// <returns>False where it was told a second time before.</returns>
    private bool StartAgain(IConsumer<byte[], byte[]> consumer, KafkaPartition partition)
    {
        var (start, again) = _unproven[partition];
        if (again)
            return false;
        try
        {
            consumer.Seek(new TopicPartitionOffset(partition, start));
            _unproven[partition] = (start, Again: true);
        }
        catch (KafkaException)
        {
            // It is not being read at this moment; the next record or tick tries again.
        }

        return true;
    }

    private static ConsumeResult<byte[], byte[]>? Next(IConsumer<byte[], byte[]> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // The client reconnects by itself; an offset that is gone is found by the owner's own check on taking.
            return null;
        }
    }

    private void Pause(IConsumer<byte[], byte[]> consumer)
    {
        foreach (var partition in _paused.Where(p => owner.WantsMore(Ours(p))).ToList())
        {
            consumer.Resume([partition]);
            _paused.Remove(partition);
        }
    }

    private void Commit(IConsumer<byte[], byte[]> consumer)
    {
        var news = new List<TopicPartitionOffset>();
        foreach (var partition in _mine)
        {
            var done = owner.CommittedOffset(Ours(partition));
            if (done > 0 && done != _told.GetValueOrDefault(partition))
                news.Add(new TopicPartitionOffset(partition, _told[partition] = done));
        }

        if (news.Count == 0)
            return;
        try
        {
            consumer.Commit(news);
        }
        catch (KafkaException)
        {
            // Only Kafka's own tools read this offset; the next second tries again.
            foreach (var partition in news)
                _told.Remove(partition.TopicPartition);
        }

        CrashPoint.Hit("K04");
    }

    private void Release(IEnumerable<KafkaPartition> taken)
    {
        foreach (var partition in taken.Where(_mine.Contains))
            owner.Release(Ours(partition)).GetAwaiter().GetResult();
    }

    private void Forget(KafkaPartition partition)
    {
        _given.Remove(partition);
        _mine.Remove(partition);
        _paused.Remove(partition);
        _told.Remove(partition);
        _read.Remove(partition);
        _unproven.Remove(partition);
    }

    private static TopicPartition Ours(KafkaPartition partition) => new(partition.Topic, partition.Partition.Value);
}
