using System.Diagnostics;
using Confluent.Kafka;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>Reads single records and bounds, outside any group.</summary>
internal sealed class KafkaReader(string bootstrap) : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
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
            var marks = Marks(partition, patience);
            return (marks.Low.Value, marks.High.Value);
        }
    }

    public LogRecord? ReadAt(TopicPartition partition, long offset, TimeSpan patience)
    {
        lock (_gate)
        {
            var marks = Marks(partition, patience);
            if (offset < marks.Low.Value || offset >= marks.High.Value)
                return null;
            _consumer.Assign(new TopicPartitionOffset(partition.Topic, partition.Partition, offset));
            try
            {
                var read = _consumer.Consume(patience)
                    ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut,
                        $"{partition} at {offset}: no answer"));
                return read.IsPartitionEOF || read.Offset.Value != offset ? null : KafkaRecord.From(read);
            }
            finally
            {
                _consumer.Unassign();
            }
        }
    }

    /// <summary>
    /// A topic that was made a moment ago is unknown, or has no leader, until brokers and client hear of it: asked
    /// again, with a limit.
    /// </summary>
    private WatermarkOffsets Marks(TopicPartition partition, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return _consumer.QueryWatermarkOffsets(new(partition.Topic, partition.Partition), patience);
            }
            catch (KafkaException unknown) when (Stopwatch.GetElapsedTime(started) < patience && unknown.Error.Code
                is ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart
                or ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable)
            {
                Thread.Sleep(Between);
            }
        }
    }

    public void Dispose() => _consumer.Dispose();
}
