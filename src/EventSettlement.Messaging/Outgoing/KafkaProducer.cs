using Confluent.Kafka;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>An idempotent producer that is built anew after an error it cannot recover from.</summary>
internal sealed class KafkaProducer(KafkaClients clients) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Of a topic that is not there the client would otherwise hope for longer than a message may take.
    private const string HopeForTopicMs = "5000";
    private IProducer<byte[]?, byte[]?>? _producer;

    /// <summary>Sends all and waits until Kafka has answered each.</summary>
    /// <returns>By the rows' order what it was refused with; null = it was taken.</returns>
    /// <exception cref="KafkaException">Nothing is known of any of them: all must be sent again.</exception>
    /// <exception cref="TimeoutException">The same.</exception>
    public async Task<Error?[]> Send(IReadOnlyList<OutboxRow> rows, CancellationToken cancel)
    {
        var producer = _producer ??= Build();
        var refused = new Error?[rows.Count];
        var left = rows.Count;
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            for (var i = 0; i < rows.Count; i++)
                Produce(producer, rows[i], i, Answer);
            await answered.Task.WaitAsync(Patience + Patience, cancel);
        }
        catch (Exception)
        {
            // Some may still be under way: a fresh producer must not mix its numbering with theirs.
            Dispose();
            throw;
        }

        if (Array.Exists(refused, error => error is not null))
            Dispose();
        return refused;

        void Answer(int place, Error error)
        {
            if (error.IsError)
                refused[place] = clients.Explain(new KafkaException(error)).Error;
            if (Interlocked.Decrement(ref left) == 0)
                answered.TrySetResult();
        }
    }

    /// <summary>Whether it is this message that is refused, and no other of its topic.</summary>
    public static bool IsOfMessage(Error error) =>
        error.Code
            is ErrorCode.MsgSizeTooLarge
                or ErrorCode.RecordListTooLarge
                or ErrorCode.InvalidRecord
                or ErrorCode.InvalidMsg
                or ErrorCode.InvalidMsgSize
                or ErrorCode.InvalidTimestamp;

    public void Dispose()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private static void Produce(
        IProducer<byte[]?, byte[]?> producer,
        OutboxRow row,
        int place,
        Action<int, Error> answer
    )
    {
        try
        {
            producer.Produce(row.Topic, Wire(row), report => answer(place, report.Error));
        }
        catch (ProduceException<byte[]?, byte[]?> refused) when (IsOfMessage(refused.Error))
        {
            // The client itself does not take it.
            answer(place, refused.Error);
        }
    }

    private IProducer<byte[]?, byte[]?> Build()
    {
        var config = new ProducerConfig
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 2,
            MessageTimeoutMs = (int)Patience.TotalMilliseconds,
            MessageMaxBytes = 10 << 20,
            QueueBufferingMaxMessages = 100_000,
            CompressionType = CompressionType.Lz4,
            // One that has been deleted would come back with another number of partitions.
            AllowAutoCreateTopics = false,
        };
        config.Set("topic.metadata.propagation.max.ms", HopeForTopicMs);
        return clients.BuildProducer(config);
    }

    private static Message<byte[]?, byte[]?> Wire(OutboxRow row)
    {
        var headers = new Headers();
        foreach (var (name, value) in new HeaderMap(row.Headers).Bytes())
            headers.Add(name, value);
        return new Message<byte[]?, byte[]?>
        {
            Key = row.Key,
            Value = row.Body,
            Headers = headers,
        };
    }
}
