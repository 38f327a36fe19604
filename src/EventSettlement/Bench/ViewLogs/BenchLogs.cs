using System.Text;
using Confluent.Kafka;
using EventSettlement.Platform;
using EventSettlement.Views;

namespace EventSettlement.Bench.ViewLogs;

/// <summary>The same logs for all cases of a run: days that end with yesterday, each with as many.</summary>
/// <param name="Views">Logs a day.</param>
/// <param name="Today">Seoul.</param>
internal sealed record BenchLogs(int Views, int Days, DateOnly Today)
{
    /// <summary>A view watched longer ago would be too late at the end of a long run (Views:Window).</summary>
    public const int MostDays = 33;

    private const int Contents = 10_000;
    private const int Ads = 200;

    public long Total => (long)Views * Days;

    public static BenchLogs Of(int views, int days) =>
        new(views, days, Seoul.DateOf(TimeProvider.System.GetUtcNow().UtcDateTime));

    /// <param name="day">From 0.</param>
    public IEnumerable<(string Content, byte[] Body)> Make(int day) =>
        new SampleViews(Views, Contents, Ads, Seed: 1 + day, Today.AddDays(day - Days), Days: 1).Make();

    /// <summary>Fills a topic with a day's logs, keyed by content, where Kafka's own partitioner puts them.</summary>
    public void Fill(string broker, string topic, int day, CancellationToken cancel)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = broker,
                Partitioner = Partitioner.Murmur2Random,
                LingerMs = 20,
                BatchSize = 1 << 20,
                CompressionType = CompressionType.Lz4,
                QueueBufferingMaxMessages = 500_000,
            }
        ).Build();
        foreach (var (content, body) in Make(day))
        {
            cancel.ThrowIfCancellationRequested();
            var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(content), Value = body };
            while (true)
                try
                {
                    producer.Produce(topic, message);
                    break;
                }
                catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(50));
                }
        }

        producer.Flush(cancel);
    }

    public static async Task Create(string broker, string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker }).Build();
        await admin.CreateTopicsAsync([
            new()
            {
                Name = topic,
                NumPartitions = partitions,
                ReplicationFactor = 1,
            },
        ]);
    }

    public static async Task Forget(string broker, IEnumerable<string> topics)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker }).Build();
        await admin.DeleteTopicsAsync(topics);
    }
}
