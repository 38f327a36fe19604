using Confluent.Kafka;

namespace EventSettlement.Messaging.Log.Kafka;

internal static class KafkaRecord
{
    public static LogRecord From(ConsumeResult<byte[], byte[]> read) =>
        new(
            new TopicPartition(read.Topic, read.Partition.Value),
            read.Offset.Value,
            read.Message.Key,
            read.Message.Value,
            read.Message.Headers is { Count: > 0 } headers
                ? HeaderMap.From(headers.Select(h => (h.Key, (byte[]?)h.GetValueBytes())))
                : HeaderMap.Empty,
            read.Message.Timestamp.UtcDateTime
        );
}
