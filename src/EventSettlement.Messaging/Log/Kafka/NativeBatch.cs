using System.Runtime.CompilerServices;
using Confluent.Kafka;
using EventSettlement.Messaging.Bulk;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>Messages of one topic where librdkafka holds them; used again for every read.</summary>
internal sealed class NativeBatch : RecordBatch
{
    private readonly nint[] _messages = new nint[8192];
    private int _count;

    public override int Count => _count;

    public override BulkRecord this[int index]
    {
        get
        {
            ref readonly var one = ref At(index);
            return new BulkRecord(this, index)
            {
                Partition = one.Partition,
                Offset = one.Offset,
                HasBody = one.Payload != 0,
                Body = Span(one.Payload, one.Length),
                AppendedAt = NativeQueue.AppendedAt(_messages[index]),
            };
        }
    }

    public override LogRecord Copy(int index)
    {
        ref readonly var one = ref At(index);
        var headers = NativeQueue.Headers(_messages[index]);
        return new LogRecord(
            new TopicPartition(NativeQueue.TopicOf(one.Topic), one.Partition),
            one.Offset,
            NativeQueue.Bytes(one.Key, one.KeyLength),
            NativeQueue.Bytes(one.Payload, one.Length),
            headers.Count > 0 ? HeaderMap.From(headers) : HeaderMap.Empty,
            DateTime.UnixEpoch.AddMicroseconds(NativeQueue.AppendedAt(_messages[index]))
        );
    }

    /// <summary>Reads what is there, and keeps the records; what is an error is told instead.</summary>
    public void Read(NativeQueue queue, TimeSpan wait, Action<ConsumeException> failed)
    {
        Clear();
        var read = queue.Read(_messages, wait);
        for (var i = 0; i < read; i++)
        {
            var message = _messages[i];
            if (Of(message).Error == 0)
            {
                _messages[_count++] = message;
                continue;
            }

            var failure = Failure(Of(message));
            NativeQueue.Destroy(message);
            failed(failure);
        }
    }

    public void Clear()
    {
        for (var i = 0; i < _count; i++)
            NativeQueue.Destroy(_messages[i]);
        _count = 0;
    }

    private static ConsumeException Failure(in NativeMessage one) =>
        new(
            new ConsumeResult<byte[], byte[]>
            {
                TopicPartitionOffset = new TopicPartitionOffset(
                    one.Topic == 0 ? "" : NativeQueue.TopicOf(one.Topic),
                    one.Partition,
                    one.Offset
                ),
            },
            new Error((ErrorCode)one.Error)
        );

    private ref readonly NativeMessage At(int index) => ref Of(_messages[index]);

    private static unsafe ref readonly NativeMessage Of(nint message) =>
        ref Unsafe.AsRef<NativeMessage>((void*)message);

    private static unsafe ReadOnlySpan<byte> Span(nint at, nint length) => new((void*)at, (int)length);
}
