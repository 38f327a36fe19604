using System.Diagnostics;
using Confluent.Kafka;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>Reads single records and bounds, outside any group.</summary>
internal sealed class KafkaReader : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly IAdminClient _metadata;

    public KafkaReader(KafkaClients clients)
    {
        var config = new ConsumerConfig
        {
            GroupId = "settle-reader",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Error,
        };
        _consumer = clients.Consumer(config, _ => { }).Build();
        _metadata = new DependentAdminClientBuilder(_consumer.Handle).Build();
    }

    public (long Begin, long End) Bounds(TopicPartition partition, TimeSpan patience)
    {
        lock (_gate)
        {
            var marks = ReadWatermarks(partition, patience);
            return (marks.Low.Value, marks.High.Value);
        }
    }

    public bool HasRecords(TopicPartition partition, long from, TimeSpan patience)
    {
        lock (_gate)
        {
            var marks = ReadWatermarks(partition, patience);
            if (from >= marks.High.Value)
                return false;
            _consumer.Assign(
                new TopicPartitionOffset(partition.Topic, partition.Partition, Math.Max(from, marks.Low.Value))
            );
            try
            {
                // Nothing within the limit is told as something: a lag that is unsure must not look like none.
                return _consumer.Consume(patience) is not { IsPartitionEOF: true };
            }
            finally
            {
                _consumer.Unassign();
            }
        }
    }

    public LogRecord? ReadAt(TopicPartition partition, long offset, TimeSpan patience)
    {
        lock (_gate)
        {
            var marks = ReadWatermarks(partition, patience);
            if (offset < marks.Low.Value || offset >= marks.High.Value)
                return null;
            _consumer.Assign(new TopicPartitionOffset(partition.Topic, partition.Partition, offset));
            try
            {
                var read =
                    _consumer.Consume(patience)
                    ?? throw new KafkaException(
                        new Error(ErrorCode.Local_TimedOut, $"{partition} at {offset}: no answer")
                    );
                return read.IsPartitionEOF || read.Offset.Value != offset ? null : KafkaRecord.From(read);
            }
            finally
            {
                _consumer.Unassign();
            }
        }
    }

    /// <summary>
    /// A topic or partition that was made a moment ago is unknown, or has no leader, until brokers and client hear of
    /// it: asked again, with a limit. The client would go on for minutes by what it heard first.
    /// </summary>
    private WatermarkOffsets ReadWatermarks(TopicPartition partition, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return _consumer.QueryWatermarkOffsets(new(partition.Topic, partition.Partition), patience);
            }
            catch (KafkaException unknown)
                when (Stopwatch.GetElapsedTime(started) < patience
                    && unknown.Error.Code
                        is ErrorCode.Local_UnknownPartition
                            or ErrorCode.Local_UnknownTopic
                            or ErrorCode.UnknownTopicOrPart
                            or ErrorCode.NotLeaderForPartition
                            or ErrorCode.LeaderNotAvailable
                )
            {
#pragma warning disable RS0030 // The client asks on the caller's thread, and so it waits there too.
                Thread.Sleep(Between);
#pragma warning restore RS0030
                _metadata.GetMetadata(partition.Topic, patience);
            }
        }
    }

    public void Dispose()
    {
        _metadata.Dispose();
        _consumer.Dispose();
    }
}
