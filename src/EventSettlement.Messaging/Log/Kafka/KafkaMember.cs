using Confluent.Kafka;
using EventSettlement.Messaging.Bulk;
using Npgsql;
using KafkaPartition = Confluent.Kafka.TopicPartition;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// One member of a consumer group. The group decides who owns a partition; where to read from, and what is done, is the
/// owner's to say. Offsets committed to Kafka are for its own tools: ours stand in PostgreSQL.
/// </summary>
internal sealed class KafkaMember(KafkaClients clients, string group, IPartitionOwner owner, LogIdentities identities)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    // While a partition waits for room no record of it wakes the member.
    private static readonly TimeSpan PollForRoom = TimeSpan.FromMilliseconds(20);

    // The client waits until it has filled a batch, or so long.
    private static readonly TimeSpan FillFor = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CommitEvery = TimeSpan.FromSeconds(1);
    private const int ReadAtOnce = 2000;

    private static readonly List<TopicPartitionOffset> Nothing = [];

    // A batch is written within this time where the database is well.
    private static readonly TimeSpan RoomPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetakeEvery = TimeSpan.FromSeconds(2);

    // How long a partition that was added stays unread.
    private static readonly TimeSpan HearOfPartitions = TimeSpan.FromSeconds(10);

    // What the group gave us, and of it what the owner took, with the offset to read next. Only that is assigned; the
    // rest is offered again.
    private readonly HashSet<KafkaPartition> _given = [];
    private readonly Dictionary<KafkaPartition, long> _mine = [];
    private readonly HashSet<KafkaPartition> _paused = [];
    private readonly Dictionary<KafkaPartition, long> _committed = [];

    // Read and not offered yet. A rebalance may come between two reads: what an earlier ownership read is forgotten
    // with it, for the next one starts at the committed offset, before these.
    private readonly Dictionary<KafkaPartition, List<LogRecord>> _read = [];
    private readonly NativeBatch _bulk = new();
    private MemberTrouble _trouble = null!;

    // Times that a partition was taken, and whether nothing is read because the owner has no room.
    private long _takes;
    private bool _standing;
    private CancellationToken _cancel;
    private Error? _refusal;

    /// <summary>How long it may be kept from reading before its owner is told.</summary>
    public required TimeSpan Patience { get; init; }

    /// <exception cref="KafkaException">A broker turns us away: a person must change something.</exception>
    public void Run(IReadOnlyCollection<string> topics, CancellationToken cancel)
    {
        _cancel = cancel;
        _trouble = new MemberTrouble(group, topics, owner, Patience);
        using var consumer = Build();
        consumer.Subscribe(topics);
        var bulk = owner as IBulkOwner;
        var queue = bulk is null ? null : new NativeQueue(consumer);
        var nextCommit = Environment.TickCount64;
        var nextRetake = nextCommit;
        while (!cancel.IsCancellationRequested)
        {
            if (bulk is null)
                Read(consumer);
            else
                ReadBulk(consumer, queue!, bulk);
            if (_refusal is not null)
                throw new KafkaException(_refusal);
            ResumeWhereRoom(consumer);
            if (Environment.TickCount64 >= nextRetake)
            {
                LeaveOtherLogs();
                Retake(consumer);
                _trouble.Look(consumer, _mine);
                nextRetake = Environment.TickCount64 + (long)RetakeEvery.TotalMilliseconds;
            }

            if (Environment.TickCount64 < nextCommit)
                continue;
            Commit(consumer);
            nextCommit = Environment.TickCount64 + (long)CommitEvery.TotalMilliseconds;
        }

        // Leaving revokes what we hold: the handler drains, commits and forgets it.
        queue?.Dispose();
        consumer.Close();
    }

    private IConsumer<byte[], byte[]> Build() =>
        clients
            .Consumer(
                new ConsumerConfig
                {
                    GroupId = group,
                    EnableAutoCommit = false,
                    EnableAutoOffsetStore = false,
                    AutoOffsetReset = AutoOffsetReset.Error,
                    SessionTimeoutMs = 6000,
                    HeartbeatIntervalMs = 1500,
                    FetchWaitMaxMs = 250,
                    QueuedMaxMessagesKbytes = 32 * 1024,
                    FetchMaxBytes = 8 * 1024 * 1024,
                    FetchQueueBackoffMs = 10,
                    PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
                    TopicMetadataRefreshIntervalMs = (int)HearOfPartitions.TotalMilliseconds,
                },
                refusal => _refusal = refusal
            )
            .SetPartitionsAssignedHandler((_, given) => OnAssigned(given))
            .SetPartitionsRevokedHandler(
                (c, taken) =>
                {
                    _trouble.Left();
                    var partitions = taken.Select(t => t.TopicPartition).ToList();
                    Release(partitions);
                    Commit(c);
                    Forget(c, partitions);
                }
            )
            .SetPartitionsLostHandler(
                (c, lost) =>
                {
                    _trouble.Left();
                    var partitions = lost.Select(t => t.TopicPartition).ToList();
                    Forget(c, partitions);
                    partitions.ForEach(p => owner.Lose(ToOurs(p)));
                }
            )
            .Build();

    private List<TopicPartitionOffset> OnAssigned(List<KafkaPartition> given)
    {
        // Also with none: there may be more members than partitions.
        _trouble.Joined();
        foreach (var partition in given)
        {
            _given.Add(partition);
            TryTake(partition);
        }

        return NextOffsets();
    }

    private bool TryTake(KafkaPartition partition)
    {
        try
        {
            if (owner.Take(ToOurs(partition), _cancel).GetAwaiter().GetResult() is not { } start)
                return false;
            _mine[partition] = start;
            _takes++;
            return true;
        }
        catch (Exception failure) when (failure is NpgsqlException or KafkaException or TimeoutException)
        {
            // The database or the broker is away for a moment; the partition stays ours in the group.
            return false;
        }
    }

    /// <summary>What counts in a log that is not there any more is offered again: its owner stops it.</summary>
    private void LeaveOtherLogs()
    {
        foreach (var (topic, identity) in identities.Poll(_cancel))
        foreach (var partition in _mine.Keys.Where(p => p.Topic == topic).ToList())
            if (owner.LogOf(ToOurs(partition)) is { } taken && taken != identity)
                _mine.Remove(partition);
    }

    /// <summary>
    /// All that the owner has is assigned anew, each partition from its next offset, and never from a logical one such
    /// as the end: a client that still asks for that (librdkafka, 2.0.2 and later) forgets a seek, goes there half a
    /// second afterwards and passes over what lies between.
    /// </summary>
    private void Retake(IConsumer<byte[], byte[]> consumer)
    {
        var changed = false;
        foreach (var partition in _given)
        {
            if (_mine.ContainsKey(partition) && owner.CommittedOffset(ToOurs(partition)) >= 0)
                continue;
            changed |= _mine.Remove(partition);
            changed |= TryTake(partition);
        }

        if (!changed || _standing)
            return;

        // Not paused again here: before its first record the client would go on behind what it had fetched meanwhile.
        consumer.Resume(_paused);
        _paused.Clear();
        consumer.Assign(NextOffsets());
    }

    private List<TopicPartitionOffset> NextOffsets() =>
        [.. _mine.Select(m => new TopicPartitionOffset(m.Key, m.Value))];

    private void Read(IConsumer<byte[], byte[]> consumer)
    {
        // What was consumed is kept before the limit is asked: the client's position is behind it already.
        var wait = _paused.Count > 0 ? PollForRoom : Poll;
        for (var n = 0; n < ReadAtOnce && ConsumeOne(consumer, n == 0 ? wait : TimeSpan.Zero) is { } next; n++)
        {
            if (!_mine.ContainsKey(next.TopicPartition))
                continue;
            _trouble.Read(next.TopicPartition);
            _mine[next.TopicPartition] = next.Offset.Value + 1;
            if (!_read.TryGetValue(next.TopicPartition, out var records))
                _read[next.TopicPartition] = records = [];
            records.Add(KafkaRecord.From(next));
        }

        foreach (var (partition, records) in _read)
            if (_mine.ContainsKey(partition) && !owner.Offer(ToOurs(partition), records) && _paused.Add(partition))
                consumer.Pause([partition]);
        _read.Clear();
    }

    private ConsumeResult<byte[], byte[]>? ConsumeOne(IConsumer<byte[], byte[]> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            Hear(e);
            return null;
        }
    }

    /// <summary>
    /// The client reconnects by itself. Where the offset is gone it stands still: the owner's own check on taking finds
    /// that.
    /// </summary>
    private void Hear(ConsumeException e)
    {
        _trouble.Hear(e);
        if (KafkaClients.IsRefusal(e.Error))
            _refusal = e.Error;
        if (e.Error.Code == ErrorCode.Local_AutoOffsetReset)
            _mine.Remove(e.ConsumerRecord.TopicPartition);
    }

    /// <summary>
    /// What stands in the consumer's queue, where it lies. While the owner has no room nothing is assigned, so that
    /// rebalances are served all the same; a pause would have to be kept in step with what the client has fetched.
    /// </summary>
    private void ReadBulk(IConsumer<byte[], byte[]> consumer, NativeQueue queue, IBulkOwner bulk)
    {
        if (!bulk.HasRoom && !_standing && !bulk.WaitForRoom(RoomPatience))
        {
            _standing = true;
            consumer.Assign(Nothing);
        }
        else if (_standing && bulk.HasRoom)
        {
            _standing = false;
            consumer.Assign(NextOffsets());
        }

        var takes = _takes;
        _bulk.Read(queue, FillFor, Hear);
        try
        {
            // A rebalance was served within the read: what came before and after it cannot be told apart.
            if (takes != _takes)
                consumer.Assign(_standing ? Nothing : NextOffsets());
            else if (_bulk.Count > 0)
                Offer(bulk);
        }
        finally
        {
            _bulk.Clear();
        }
    }

    private void Offer(IBulkOwner bulk)
    {
        var (partition, next) = (-1, 0L);
        for (var i = 0; i <= _bulk.Count; i++)
        {
            var one = i < _bulk.Count ? _bulk[i] : default;
            if (partition >= 0 && (i == _bulk.Count || one.Partition != partition))
            {
                var read = new KafkaPartition(bulk.Topics.Single(), partition);
                if (_mine.ContainsKey(read))
                    _mine[read] = next;
                _trouble.Read(read);
            }

            (partition, next) = (one.Partition, one.Offset + 1);
        }

        bulk.Offer(_bulk);
    }

    private void ResumeWhereRoom(IConsumer<byte[], byte[]> consumer)
    {
        foreach (var partition in _paused.Where(p => owner.WantsMore(ToOurs(p))).ToList())
        {
            consumer.Resume([partition]);
            _paused.Remove(partition);
        }
    }

    private void Commit(IConsumer<byte[], byte[]> consumer)
    {
        var news = new List<TopicPartitionOffset>();
        foreach (var partition in _mine.Keys)
        {
            var done = owner.CommittedOffset(ToOurs(partition));
            if (done > 0 && done != _committed.GetValueOrDefault(partition))
                news.Add(new TopicPartitionOffset(partition, _committed[partition] = done));
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
                _committed.Remove(partition.TopicPartition);
        }

        CrashPoint.Hit(CrashPoints.KafkaOffsetCommitted);
    }

    private void Release(IEnumerable<KafkaPartition> taken)
    {
        foreach (var partition in taken.Where(_mine.ContainsKey))
            owner.Release(ToOurs(partition)).GetAwaiter().GetResult();
    }

    private void Forget(IConsumer<byte[], byte[]> consumer, List<KafkaPartition> gone)
    {
        // The client keeps a pause beyond the ownership: the next one would never read.
        consumer.Resume(gone.Where(_paused.Contains));
        foreach (var partition in gone)
        {
            _given.Remove(partition);
            _mine.Remove(partition);
            _paused.Remove(partition);
            _committed.Remove(partition);
            _read.Remove(partition);
        }
    }

    private static TopicPartition ToOurs(KafkaPartition partition) => new(partition.Topic, partition.Partition.Value);
}
