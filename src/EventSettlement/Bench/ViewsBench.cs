using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventSettlement.Cli;
using EventSettlement.Desk;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Platform;
using EventSettlement.Views;
using EventSettlement.Views.Intake;
using EventSettlement.Views.Seen;

namespace EventSettlement.Bench;

/// <summary>
/// <c>settle bench views</c>: a filled Kafka topic to committed statistics, duplicates out, from the first batch that
/// is committed to the last.
/// </summary>
internal static class ViewsBench
{
    private const int Contents = 10_000;
    private const int Ads = 200;
    private const string Forget = """
        TRUNCATE consumer_offset, view_content_day, view_ad_day, view_intake, view_seen, view_raw, parked_message;
        UPDATE view_bucket SET version = 0;
        """;

    public static Command Command()
    {
        var views = new Option<int>("--views")
        {
            DefaultValueFactory = _ => 5_000_000,
            Description = "Logs in a topic.",
        };
        var partitions = new Option<int[]>("--partitions")
        {
            DefaultValueFactory = _ => [8],
            Description = "Numbers of partitions to measure with.",
            AllowMultipleArgumentsPerToken = true,
        };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3, Description = "For each case." };
        var days = new Option<int>("--days") { DefaultValueFactory = _ => 1, Description = "Days that views are of." };
        var kafka = Verb.Text("--kafka", "host:port of a broker; a private one of KAFKA_HOME when not given.");
        var verb = new Command("views", "View logs a second, from a filled topic to committed statistics.")
        {
            views,
            partitions,
            rounds,
            days,
            kafka,
        };
        verb.SetAction(
            (parsed, cancel) =>
                Run(
                    parsed.GetValue(views),
                    parsed.GetValue(partitions)!,
                    parsed.GetValue(rounds),
                    parsed.GetValue(days),
                    parsed.GetValue(kafka),
                    cancel
                )
        );
        return verb;
    }

    private static async Task<int> Run(
        int views,
        int[] partitions,
        int rounds,
        int days,
        string? kafka,
        CancellationToken cancel
    )
    {
        var folder = Directory.CreateTempSubdirectory("settle-bench-").FullName;
        try
        {
            var broker =
                kafka
                ?? await PrivateKafka.StartIfWanted(folder, Console.Error.WriteLine, cancel)
                ?? throw new CliException(ExitCode.Usage, "--kafka is a broker, or KAFKA_HOME a Kafka distribution");
            await using var place = await BenchDatabase.Create(null, cancel);
            foreach (var count in partitions)
            {
                var topic = string.Create(CultureInfo.InvariantCulture, $"view-logs-{count}-{Environment.ProcessId}");
                await Fill(broker, topic, count, views, days, cancel);
                foreach (var keepRaw in (bool[])[false, true])
                    await Measure(new Case(broker, topic, count, views, keepRaw), place, rounds, cancel);
            }

            return ExitCode.Ok;
        }
        finally
        {
            new OwnedProcess(folder, PrivateKafka.Name).Stop();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Fill(
        string broker,
        string topic,
        int partitions,
        int views,
        int days,
        CancellationToken cancel
    )
    {
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker }).Build())
            await admin.CreateTopicsAsync([
                new()
                {
                    Name = topic,
                    NumPartitions = partitions,
                    ReplicationFactor = 1,
                },
            ]);
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
        var today = Seoul.DateOf(TimeProvider.System.GetUtcNow().UtcDateTime);
        var made = new SampleViews(views, Contents, Ads, Seed: 1, today.AddDays(-days), days).Make();
        foreach (var (content, body) in made)
        {
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
        await Console.Error.WriteLineAsync($"{topic} has {views} logs in {partitions} partitions");
    }

    private static async Task Measure(Case one, BenchDatabase place, int rounds, CancellationToken cancel)
    {
        var (rates, cpu) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            await place.Execute(Forget, cancel);
            await place.Execute("VACUUM ANALYZE", cancel);
            var (rate, spent) = await Measure(one, place, $"bench-{one.KeepRaw}-{round}", cancel);
            rates.Add(rate);
            cpu.Add(spent);
        }

        BenchReport.Print(
            "views",
            new Dictionary<string, object>
            {
                ["partitions"] = one.Partitions,
                ["views"] = one.Views,
                ["raw_kept"] = one.KeepRaw,
                ["peak_mb"] = Math.Round(Process.GetCurrentProcess().PeakWorkingSet64 / 1e6),
                ["seen_bytes_a_view"] = Math.Round((double)await Number(place, "seen") / one.Views, 1),
                ["raw_bytes_a_view"] = Math.Round((double)await Number(place, "raw") / one.Views, 1),
            },
            [new("logs", "logs/s", rates), new("cpu of this process", "us a log", cpu)]
        );

        Task<long> Number(BenchDatabase at, string table) =>
            Read(at, $"SELECT pg_total_relation_size('view_{table}')", cancel);
    }

    private static async Task<(double Rate, double Cpu)> Measure(
        Case one,
        BenchDatabase place,
        string group,
        CancellationToken cancel
    )
    {
        var keep = one.KeepRaw ? TimeSpan.FromDays(70) : TimeSpan.Zero;
        await using var database = new Database(place.ConnectionString);
        var services = new ServiceCollection()
            .AddLogging(logging => logging.AddLines().SetMinimumLevel(LogLevel.Warning))
            .AddSingleton(database)
            .AddSingleton(database.Hot)
            .AddSingleton<SeenBuckets>()
            .AddSingleton(new ViewRules(TimeSpan.FromDays(35), TimeSpan.FromHours(1), keep));
        services.AddMessaging(
            new MessagingOptions
            {
                Log = "kafka",
                Bootstrap = one.Broker,
                Relay = false,
            },
            messaging =>
                messaging
                    .SharedTopic(one.Topic)
                    .ConsumeBulk(group, one.Topic, provider => ActivatorUtilities.CreateInstance<ViewIntake>(provider))
        );
        await using var provider = services.BuildServiceProvider();
        var host = provider.GetRequiredService<MessagingHost>();
        await host.StartAsync(cancel);
        var (first, begun, spent) = (0L, 0L, TimeSpan.Zero);
        while (true)
        {
            var done = await Read(
                place,
                "SELECT coalesce(sum(counted + duplicates + incomplete), 0)::bigint FROM view_intake",
                cancel
            );
            if (first == 0 && done > 0)
                (first, begun, spent) = (done, Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            if (done >= one.Views)
                break;
            await Task.Delay(10, cancel);
        }

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var cpu = Environment.CpuUsage.TotalTime - spent;
        await host.StopAsync(cancel);
        return ((one.Views - first) / seconds, cpu.TotalMicroseconds / (one.Views - first));
    }

    private static async Task<long> Read(BenchDatabase place, string sql, CancellationToken cancel)
    {
        await using var command = place.Database.Reads.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }

    private sealed record Case(string Broker, string Topic, int Partitions, int Views, bool KeepRaw);
}
