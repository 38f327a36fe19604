namespace EventSettlement.Messaging.Log;

/// <summary>One partition of one topic.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}/{Partition}";
}

/// <summary>
/// One record as the log holds it. Bytes are never interpreted here, so what is parked is what arrived.
/// </summary>
/// <param name="Body">Null is a null body (a Kafka tombstone), not an empty one.</param>
/// <param name="AppendedAt">The log's own time of the record, UTC.</param>
public sealed record LogRecord(
    TopicPartition Source,
    long Offset,
    byte[]? Key,
    byte[]? Body,
    HeaderMap Headers,
    DateTime AppendedAt
);
