using System.Collections.Concurrent;
using System.Text;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>A database, a log, and as many members as the test starts.</summary>
public sealed class MessagingWorld : IAsyncDisposable
{
    public const int Partitions = 4;
    private readonly TestDatabase _database;
    private readonly Database _pools;
    private readonly string _log;
    private readonly string? _bootstrap;
    private readonly KafkaSecurity _security;
    private readonly List<Member> _members = [];

    private MessagingWorld(TestDatabase database, string log, string? bootstrap, KafkaSecurity security)
    {
        (_database, _log, _bootstrap, _security) = (database, log, bootstrap, security);
        _pools = new Database(database.ConnectionString);
        Topic = "in-" + Guid.NewGuid().ToString("N")[..8];
    }

    public string Topic { get; }

    public NpgsqlDataSource Sql => _pools.Reads;

    /// <summary>What the members write with.</summary>
    public NpgsqlDataSource Hot => _pools.Hot;

    public string ConnectionString => _database.ConnectionString;

    public ConcurrentQueue<(string Code, string Cause, string Message)> Alerts { get; } = new();

    public static async Task<MessagingWorld> Create<TLog>()
        where TLog : ILogKind =>
        await Create(TLog.Name, await TLog.Bootstrap(), new KafkaSecurity(), await TLog.Server());

    public static async Task<MessagingWorld> Create(
        string log,
        string? bootstrap,
        KafkaSecurity security,
        string? server = null
    )
    {
        var database = await TestDatabase.On(server ?? await TestServer.ConnectionString());
        var world = new MessagingWorld(database, log, bootstrap, security);
        await world.Execute(
            "CREATE TABLE effect (id text NOT NULL, by text NOT NULL, at timestamptz NOT NULL DEFAULT " + "clock())"
        );
        return world;
    }

    /// <summary>One process's worth of messaging, in this process.</summary>
    /// <param name="shared">The topic is one of others.</param>
    public async Task<Member> Start(
        IBatchConsumer? consumer = null,
        bool relay = true,
        int partitions = Partitions,
        bool shared = false
    )
    {
        var options = new MessagingOptions
        {
            Log = _log,
            Bootstrap = _bootstrap,
            Kafka = _security,
            Partitions = partitions,
            Relay = relay,
            OnAlert = (code, cause, message, _) => Alerts.Enqueue((code, cause, message)),
        };
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        services.AddSingleton(_pools.Hot);
        services.AddMessaging(options, messaging => _ = shared ? messaging.SharedTopic(Topic) : messaging.Topic(Topic));
        if (consumer is not null)
            services.AddSingleton(new ConsumerBinding("group", Topic, _ => consumer));
        var member = new Member(services.BuildServiceProvider());
        lock (_members)
            _members.Add(member);
        await member.Host.StartAsync(CancellationToken.None);
        return member;
    }

    public OutgoingMessage Message(string key, string body) =>
        new(Topic, key, Encoding.UTF8.GetBytes(body), HeaderMap.Empty);

    public async Task Send(IOutgoingWriter writer, params OutgoingMessage[] messages)
    {
        await using var connection = await _pools.Hot.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await writer.Write(connection, transaction, messages, CancellationToken.None);
        await transaction.CommitAsync();
        writer.Wake(messages);
    }

    /// <summary>Lets go of the test's own connections that an outage has ended.</summary>
    public void Reconnect()
    {
        _pools.Hot.Clear();
        _pools.Reads.Clear();
    }

    public async Task Execute(string sql)
    {
        await using var command = Sql.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Read<T>(string sql)
    {
        await using var command = Sql.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> Effects() => Read<long>("SELECT count(*) FROM effect");

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
            await member.DisposeAsync();
        await _pools.DisposeAsync();
        await _database.DisposeAsync();
    }
}

/// <summary>One member of the group.</summary>
public sealed class Member(ServiceProvider services) : IAsyncDisposable
{
    private bool _gone;

    public MessagingHost Host { get; } = services.GetRequiredService<MessagingHost>();

    public IOutgoingWriter Writer => Get<IOutgoingWriter>();

    public IEventLog Log => Get<IEventLog>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Lets a stopped partition of the group read on with the log as it is.</summary>
    /// <returns>From which offset.</returns>
    public async Task<long> Accept(TopicPartition partition)
    {
        var offsets = Get<OffsetStore>();
        var wayOn = (await offsets.FindWayOn("group", partition, CancellationToken.None))!;
        Assert.True(await offsets.Accept("group", partition, wayOn.Next, wayOn.Identity, CancellationToken.None));
        return wayOn.Next;
    }

    /// <summary>An owner that no log drives, to play a zombie.</summary>
    public PartitionPump Pump(string topic, IBatchConsumer consumer) =>
        ActivatorUtilities.CreateInstance<PartitionPump>(
            services,
            "group",
            (IReadOnlyDictionary<string, IBatchConsumer>)new Dictionary<string, IBatchConsumer> { [topic] = consumer }
        );

    public async ValueTask DisposeAsync()
    {
        if (_gone)
            return;
        _gone = true;
        await Host.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
    }
}
