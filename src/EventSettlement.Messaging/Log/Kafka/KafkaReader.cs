using Confluent.Kafka;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>Reads single records and bounds, outside any group.</summary>
internal sealed class KafkaReader(string bootstrap) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IConsumer<byte[], byte[]> _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrap, GroupId = "settle-reader", EnableAutoCommit = false, EnablePartitionEof = true,
        AutoOffsetReset = AutoOffsetReset.Error,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    public (long Begin, long End) Bounds(TopicPartition partition, TimeSpan patience)
    {
        lock (_gate)
        {
            var marks = _consumer.QueryWatermarkOffsets(new(partition.Topic, partition.Partition), patience);
            return (marks.Low.Value, marks.High.Value);
        }
    }

    public LogRecord? ReadAt(TopicPartition partition, long offset, TimeSpan patience)
    {
        lock (_gate)
        {
            var marks = _consumer.QueryWatermarkOffsets(new(partition.Topic, partition.Partition), patience);
            if (offset < marks.Low.Value || offset >= marks.High.Value)
                return null;
            _consumer.Assign(new TopicPartitionOffset(partition.Topic, partition.Partition, offset));
            try
            {
                var read = _consumer.Consume(patience)
                    ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{partition} at {offset}: no answer"));
                return read.IsPartitionEOF || read.Offset.Value != offset ? null : KafkaRecord.From(read);
            }
            finally
            {
                _consumer.Unassign();
            }
        }
    }

    public void Dispose() => _consumer.Dispose();
}
