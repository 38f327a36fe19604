using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;

namespace EventSettlement.Bench;

/// <summary>
/// Saga messages a second on one partition, from memory: MassTransit's pipeline, the saga's row, the outbox row and the
/// offset, committed. Batch 1 beside it shows what batching is worth.
/// </summary>
internal static class SagaBench
{
    private const int Sagas = 20_000;
    private const int BatchSize = 500;
    private const int BatchedMessages = 100_000;
    private const int SingleMessages = 2_000;
    private static readonly TopicPartition Source = new("bench", 0);

    public static async Task<int> Run(BenchOptions options, CancellationToken cancel)
    {
        await using var place = await BenchDatabase.Create(options.ConnectionString, cancel);
        await place.Execute(BenchMapper.Tables, cancel);
        await using var services = Services(place);
        var lane = new Lane(services, place);
        var ids = Enumerable.Range(0, Sagas).Select(_ => Guid.CreateVersion7()).ToArray();
        await lane.Prepare(ids, cancel);
        Case[] cases =
        [
            new("batch 500", BatchSize, BatchedMessages, History: false),
            new("batch 500 with history", BatchSize, BatchedMessages, History: true),
            new("batch 1", 1, SingleMessages, History: false),
        ];
        var rates = cases.ToDictionary(c => c, _ => new List<double>());
        var cpu = new List<double>();

        var cold = 0.0;

        // The first round warms up code, plans and pools, and is told by itself.
        for (var round = 0; round <= options.Rounds; round++)
            foreach (var one in cases)
            {
                await place.Execute("TRUNCATE outbox, bench_history", cancel);
                await place.Execute("VACUUM ANALYZE bench_saga", cancel);
                var (rate, spent) = await lane.Measure(one, ids, cancel);
                Console.Error.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"round {round}, {one.Name}: {rate:N0} messages/s, {spent:N1} us CPU of this process a message"
                    )
                );
                if (round == 0)
                {
                    cold = one == cases[0] ? rate : cold;
                    continue;
                }

                rates[one].Add(rate);
                if (one == cases[0])
                    cpu.Add(spent);
            }

        BenchReport.Print(
            "saga",
            new Dictionary<string, object> { ["partitions"] = 1 },
            [
                .. cases.Select(one => new BenchReport.Measure(one.Name, "messages/s", rates[one])),
                new("cold batch 500", "messages/s", [cold]),
                new("cpu a message", "us", cpu),
            ]
        );
        return 0;
    }

    private static ServiceProvider Services(BenchDatabase place)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(place.Database.Hot);
        services.AddSingleton<ISideTable<BenchHistory>, BenchHistoryTable>();
        services.AddMessaging(
            new MessagingOptions { Log = "kafka", Bootstrap = "from-memory:0" },
            messaging =>
            {
                messaging
                    .Topology.Map("bench", BenchJson.Default.BenchStep)
                    .Map("bench-steps", BenchJson.Default.BenchStepped);
                messaging.ConsumeSaga<BenchMachine, BenchSaga, BenchMapper>("saga", "bench");
            }
        );
        return services.BuildServiceProvider();
    }

    private sealed record Case(string Name, int BatchSize, int Messages, bool History);

    /// <summary>The partition that the bench owns.</summary>
    private sealed class Lane(ServiceProvider services, BenchDatabase place)
    {
        private readonly Ownership _owned = new(Source, 1, 0, "memory");
        private readonly BatchTransactions _transactions = services.GetRequiredService<BatchTransactions>();
        private readonly IBatchConsumer _endpoint = services.GetRequiredService<ConsumerBinding>().Create(services);
        private long _offset;

        public async Task Prepare(Guid[] ids, CancellationToken cancel)
        {
            await place.Execute(
                """
                INSERT INTO consumer_offset (group_id, topic, partition, epoch, next_offset)
                VALUES ('saga', 'bench', 0, 1, 0)
                """,
                cancel
            );
            await using var insert = place.Database.Hot.CreateCommand(
                "INSERT INTO bench_saga SELECT id, 1, 'Odd', 0, clock() FROM unnest($1) AS u (id)"
            );
            insert.Parameters.Add(new() { Value = ids });
            await insert.ExecuteNonQueryAsync(cancel);
        }

        public async Task<(double Rate, double CpuMicroseconds)> Measure(Case one, Guid[] ids, CancellationToken cancel)
        {
            var batches = Enumerable
                .Range(0, one.Messages)
                .Select(i => Record(ids[i % ids.Length], one.History))
                .Chunk(one.BatchSize)
                .ToList();
            GC.Collect();
            var before = Environment.CpuUsage.TotalTime;
            var clock = Stopwatch.StartNew();
            foreach (var records in batches)
                await _endpoint.Consume(new LaneBatch("saga", _owned, records, _transactions), cancel);
            var spent = Environment.CpuUsage.TotalTime - before;
            return (one.Messages / clock.Elapsed.TotalSeconds, spent.TotalMicroseconds / one.Messages);
        }

        private LogRecord Record(Guid id, bool history)
        {
            var headers = HeaderMap
                .Empty.With(Topology.MessageType, nameof(BenchStep))
                .With("message-id", Guid.CreateVersion7().ToString())
                .With("conversation-id", Guid.CreateVersion7().ToString())
                .With("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
            return new LogRecord(
                Source,
                _offset++,
                Encoding.UTF8.GetBytes(id.ToString("D")),
                JsonSerializer.SerializeToUtf8Bytes(new BenchStep(id, history), BenchJson.Default.BenchStep),
                headers,
                TimeProvider.System.GetUtcNow().UtcDateTime
            );
        }
    }
}
