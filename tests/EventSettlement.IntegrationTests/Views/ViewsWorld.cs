using System.Text;
using Confluent.Kafka;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using EventSettlement.Views;
using EventSettlement.Views.Intake;
using EventSettlement.Views.Seen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventSettlement.IntegrationTests.Views;

/// <summary>A database, a log with a topic of views, and as many intakes as the test starts.</summary>
internal sealed class ViewsWorld : IAsyncDisposable
{
    private const string Group = "views";
    private readonly TestDatabase _test;
    private readonly string _log;
    private readonly string? _bootstrap;
    private readonly string _topic = "views-" + Guid.NewGuid().ToString("N")[..8];
    private readonly List<Member> _members = [];

    private ViewsWorld(TestDatabase test, string log, string? bootstrap)
    {
        (_test, _log, _bootstrap) = (test, log, bootstrap);
        Database = new Database(test.ConnectionString);
    }

    public Database Database { get; }

    public static async Task<ViewsWorld> Create<TLog>()
        where TLog : ILogKind => new(await TestDatabase.On(await TLog.Server()), TLog.Name, await TLog.Bootstrap());

    /// <summary>One process's worth of intake; each has pools and known views of its own.</summary>
    public async Task<Member> Start(int partitions = 4)
    {
        var database = new Database(_test.ConnectionString);
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .AddSingleton(database)
            .AddSingleton(database.Hot)
            .AddSingleton<SeenBuckets>()
            .AddSingleton(new ViewRules(TimeSpan.FromDays(35), TimeSpan.FromHours(1), TimeSpan.FromDays(70)));
        services.AddMessaging(
            new MessagingOptions
            {
                Log = _log,
                Bootstrap = _bootstrap,
                Kafka = new KafkaSecurity(),
                Partitions = partitions,
            },
            messaging =>
                messaging
                    .SharedTopic(_topic)
                    .ConsumeBulk(Group, _topic, provider => ActivatorUtilities.CreateInstance<ViewIntake>(provider))
        );
        var member = new Member(services.BuildServiceProvider());
        _members.Add(member);
        await member.Host.StartAsync(CancellationToken.None);
        return member;
    }

    /// <summary>
    /// To a partition of chance, as producers of all kinds do; on PostgreSQL's log by a key of chance.
    /// </summary>
    public async Task Send(Random chance, int partitions, IReadOnlyList<string> bodies)
    {
        if (_bootstrap is null)
        {
            var writer = _members[^1].Get<IOutgoingWriter>();
            await using var connection = await Database.Hot.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            OutgoingMessage[] messages =
            [
                .. bodies.Select(body => new OutgoingMessage(
                    _topic,
                    chance.Next().ToString("D"),
                    Encoding.UTF8.GetBytes(body),
                    HeaderMap.Empty
                )),
            ];
            await writer.Write(connection, transaction, messages, default);
            await transaction.CommitAsync();
            writer.Wake(messages);
            return;
        }

        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = _bootstrap }
        ).Build();
        foreach (var body in bodies)
            producer.Produce(
                new Confluent.Kafka.TopicPartition(_topic, chance.Next(partitions)),
                new Message<byte[], byte[]> { Value = Encoding.UTF8.GetBytes(body) }
            );
        producer.Flush(TimeSpan.FromSeconds(30));
    }

    public async Task Grow(int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _bootstrap }).Build();
        await admin.CreatePartitionsAsync([new() { Topic = _topic, IncreaseTo = partitions }]);
    }

    public async Task Execute(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Read<T>(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Records that have had a fate.</summary>
    public Task Judged(long records, int seconds = 60) =>
        Eventually.Equals(
            records,
            () =>
                Read<long>(
                    """
                    SELECT (SELECT coalesce(sum(counted + incomplete + duplicates), 0) FROM view_intake)::bigint
                        + (SELECT count(*) FROM parked_message)
                    """
                ),
            "the number of judged records",
            seconds
        );

    /// <summary>
    /// Where a test wrote contents' sums itself: all of a day from 18:00 on, an hour that no test runs in.
    /// </summary>
    public const string SumHours = """
        INSERT INTO view_hour SELECT (day + time '18:00') AT TIME ZONE interval '9 hours', 0, sum(views),
            sum(watched_seconds), sum(ad_views) FROM view_content_day GROUP BY day
        ON CONFLICT (hour, partition) DO UPDATE SET views = excluded.views
        """;

    /// <summary>The views of a day's hours are those of its contents.</summary>
    public async Task ExpectHours() =>
        Assert.Equal(
            0L,
            await Read<long>(
                """
                WITH contents AS (SELECT day, sum(views), sum(watched_seconds), sum(ad_views)
                        FROM view_content_day GROUP BY day),
                    hours AS (SELECT (hour AT TIME ZONE interval '9 hours')::date AS day, sum(views),
                        sum(watched_seconds), sum(ad_views) FROM view_hour GROUP BY 1)
                SELECT (SELECT count(*) FROM (TABLE contents EXCEPT TABLE hours) missing)
                    + (SELECT count(*) FROM (TABLE hours EXCEPT TABLE contents) wrong)
                """
            )
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
            await member.DisposeAsync();
        await Database.DisposeAsync();
        await _test.DisposeAsync();
    }
}
