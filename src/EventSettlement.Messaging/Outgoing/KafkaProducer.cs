using Confluent.Kafka;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>An idempotent producer that is built anew after an error it cannot recover from.</summary>
internal sealed class KafkaProducer(KafkaClients clients) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private IProducer<byte[]?, byte[]?>? _producer;

    /// <summary>Sends all and waits until Kafka has answered each.</summary>
    /// <exception cref="KafkaException">At least one was not taken: all of them must be sent again.</exception>
    public async Task Send(IReadOnlyList<OutboxRow> rows, CancellationToken cancel)
    {
        var producer = _producer ??= Build();
        var left = rows.Count;
        Error? failed = null;
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            foreach (var row in rows)
                producer.Produce(
                    row.Topic,
                    Wire(row),
                    report =>
                    {
                        if (report.Error.IsError)
                            Interlocked.CompareExchange(ref failed, report.Error, null);
                        if (Interlocked.Decrement(ref left) == 0)
                            answered.TrySetResult();
                    }
                );
            await answered.Task.WaitAsync(Patience + Patience, cancel);
        }
        catch (Exception)
        {
            // Some may still be under way: a fresh producer must not mix its numbering with theirs.
            Dispose();
            throw;
        }

        if (failed is null)
            return;
        Dispose();
        throw clients.Explain(new KafkaException(failed));
    }

    public void Dispose()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private IProducer<byte[]?, byte[]?> Build() =>
        clients.BuildProducer(
            new ProducerConfig
            {
                EnableIdempotence = true,
                Acks = Acks.All,
                LingerMs = 2,
                MessageTimeoutMs = (int)Patience.TotalMilliseconds,
                MessageMaxBytes = 10 << 20,
                QueueBufferingMaxMessages = 100_000,
                CompressionType = CompressionType.Lz4,
            }
        );

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
