using EventSettlement.Messaging.Log;

namespace EventSettlement.Messaging.Bulk;

/// <summary>Records of one topic as they were read, of any of its partitions, each partition's in order.</summary>
public abstract class RecordBatch
{
    public abstract int Count { get; }

    public abstract BulkRecord this[int index] { get; }

    /// <summary>The record as an object, with its headers.</summary>
    public abstract LogRecord Copy(int index);
}

/// <summary>One record where it lies in memory; never kept, see <see cref="Copy"/>.</summary>
public readonly ref struct BulkRecord
{
    private readonly RecordBatch _batch;
    private readonly int _index;

    internal BulkRecord(RecordBatch batch, int index) => (_batch, _index) = (batch, index);

    public int Partition { get; init; }

    public long Offset { get; init; }

    /// <summary>False: a null body (a Kafka tombstone), not an empty one.</summary>
    public bool HasBody { get; init; }

    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>The log's own time of the record, microseconds since 1970 UTC.</summary>
    public long AppendedAt { get; init; }

    /// <summary>The record as an object, with its key and headers.</summary>
    public LogRecord Copy() => _batch.Copy(_index);
}

/// <summary>Records that are objects already.</summary>
internal sealed class ObjectBatch(IReadOnlyList<LogRecord> records) : RecordBatch
{
    public override int Count => records.Count;

    public override BulkRecord this[int index]
    {
        get
        {
            var one = records[index];
            return new BulkRecord(this, index)
            {
                Partition = one.Source.Partition,
                Offset = one.Offset,
                HasBody = one.Body is not null,
                Body = one.Body,
                AppendedAt = (one.AppendedAt - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
            };
        }
    }

    public override LogRecord Copy(int index) => records[index];
}
