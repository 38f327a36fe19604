namespace EventSettlement.Messaging.Log;

/// <summary>A topic that must exist before anything is read or sent.</summary>
/// <param name="Partitions">What it is made with.</param>
/// <param name="IsOurs">Nobody else writes or reads it, so it has this number of partitions and no other.</param>
public sealed record TopicSpec(string Name, int Partitions, bool IsOurs);

/// <summary>
/// What the core needs of a broker: topics with partitions, a stable order and offset in each, ownership of partitions,
/// and reading from an offset that we choose. Real twice: Kafka, and PostgreSQL's own tables.
/// Appending is not here: nothing leaves except from the database, see <see cref="Outgoing.IOutgoingWriter"/>.
/// </summary>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>
    /// Names the log that a topic's offsets count in for ever: the topic's id, or the PostgreSQL log's uuid. One that
    /// was deleted and made anew is another.
    /// </summary>
    Task<string> ReadIdentity(string topic, CancellationToken cancel);

    /// <summary>Whether others reach it too, who give their topics what number of partitions they like.</summary>
    bool IsShared { get; }

    /// <summary>Whether a topic can have fewer partitions than it has.</summary>
    bool CanShrink { get; }

    /// <summary>Creates what is missing; answers how many partitions each of the topics has.</summary>
    Task<IReadOnlyDictionary<string, int>> CreateTopics(
        IReadOnlyCollection<TopicSpec> topics,
        CancellationToken cancel
    );

    /// <summary>For whoever has made sure that nothing is under way; one caller at a time.</summary>
    Task SetPartitions(string topic, int partitions, CancellationToken cancel);

    /// <summary>How many partitions each has; a topic that is not there is not in it.</summary>
    Task<IReadOnlyDictionary<string, int>> ReadPartitions(IReadOnlyCollection<string> topics, CancellationToken cancel);

    /// <summary>Whether records of the topic may vanish behind newer ones of their key.</summary>
    Task<bool> IsCompacted(string topic, CancellationToken cancel);

    /// <summary>
    /// Whether anything is left to read from this offset on. Not every offset up to the end holds a record: the marks
    /// of transactions have offsets too.
    /// </summary>
    Task<bool> HasRecords(TopicPartition partition, long from, CancellationToken cancel);

    /// <summary>Offset of the first record kept and the offset after the last one.</summary>
    Task<(long Begin, long End)> ReadBounds(TopicPartition partition, CancellationToken cancel);

    /// <summary>
    /// The record at this very offset, or null when there is none (compacted, deleted, past the end).
    /// </summary>
    Task<LogRecord?> ReadAt(TopicPartition partition, long offset, CancellationToken cancel);

    /// <summary>
    /// Joins the group and serves the owner until cancelled; then leaves it, so that others take over at once.
    /// </summary>
    Task Consume(string group, IReadOnlyCollection<string> topics, IPartitionOwner owner, CancellationToken cancel);
}

/// <summary>The pump's side of ownership. Calls come from one thread a group.</summary>
public interface IPartitionOwner
{
    /// <summary>
    /// The group gave us this partition. Answers the offset to read from, or null to leave it stopped.
    /// </summary>
    Task<long?> Take(TopicPartition partition, CancellationToken cancel);

    /// <summary>
    /// Records in offset order. False: the buffer is full, ask <see cref="WantsMore"/> before the next ones.
    /// </summary>
    bool Offer(TopicPartition partition, IReadOnlyList<LogRecord> records);

    bool WantsMore(TopicPartition partition);

    /// <summary>Offsets that are committed in PostgreSQL, for the log's own bookkeeping (never behind a gap).</summary>
    long CommittedOffset(TopicPartition partition);

    /// <summary>Identity of the log that the partition was taken in; null = it is not ours.</summary>
    string? LogOf(TopicPartition partition);

    /// <summary>The partition is taken away in order: finish the batch in flight and stop.</summary>
    Task Release(TopicPartition partition);

    /// <summary>The partition already belongs to somebody else: drop it at once, the fence guards the rest.</summary>
    void Lose(TopicPartition partition);

    /// <summary>
    /// What keeps the group from what it should read for longer than the log's own repairs take; null = nothing.
    /// Told again from time to time while it lasts.
    /// </summary>
    void Trouble(string? reason);
}
