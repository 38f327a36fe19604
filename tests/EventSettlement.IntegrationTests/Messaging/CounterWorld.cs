using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.KillTarget.Counters;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventSettlement.IntegrationTests.Messaging;

/// <summary>One owned partition of counters on a real database; what is sent stands in the outbox.</summary>
public sealed class CounterWorld : IAsyncLifetime
{
    private const string TakePartition =
        "INSERT INTO consumer_offset (group_id, topic, partition, epoch, next_offset) VALUES ('saga', 'counters', 3, "
        + "1, 0)";

    private TestDatabase _place = null!;
    private Database _database = null!;
    private ServiceProvider _services = null!;
    private long _offset;

    public NpgsqlDataSource Hot => _database.Hot;

    public IServiceProvider Services => _services;

    public string ConnectionString => _place.ConnectionString;

    public async Task InitializeAsync()
    {
        _place = await TestDatabase.Create();
        _database = new Database(_place.ConnectionString);
        await Execute(CounterMapper.Tables);
        await Execute(TakePartition);
        var services = new ServiceCollection().AddLogging().AddSingleton(_database.Hot).AddSingleton<Attempts>();
        services.AddSingleton<ISideTable<CounterRow>, CounterRows>();
        services.AddMessaging(
            new MessagingOptions { Log = "kafka", Bootstrap = "none:1" },
            messaging =>
            {
                messaging
                    .Topology.Map("counters", Json<Bump>())
                    .Map("counters", Json<CounterDue>())
                    .Map("bumped", Json<Bumped>())
                    .Map(null, Json<Order>());
                messaging.ConsumeSaga<CounterMachine, Counter, CounterMapper>("saga", "counters");
            }
        );
        _services = services.BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
        await _place.DisposeAsync();
    }

    public LogRecord Record<T>(Guid id, T message, params (string Name, string Value)[] headers)
        where T : class => Raw(id.ToString("D"), typeof(T).Name, JsonSerializer.Serialize(message, Json<T>()), headers);

    public LogRecord Raw(string? key, string? type, string body, params (string Name, string Value)[] headers)
    {
        var map = type is null ? HeaderMap.Empty : HeaderMap.Empty.With("MT-Message-Type", type);
        foreach (var (name, value) in headers)
            map = map.With(name, value);
        return new LogRecord(
            new("counters", 3),
            _offset++,
            key is null ? null : Encoding.UTF8.GetBytes(key),
            Encoding.UTF8.GetBytes(body),
            map,
            DateTime.UtcNow
        );
    }

    public Task Handle(params LogRecord[] records) => Handle(_ => { }, records);

    internal Task Handle(Action<IReceiveEndpointConfigurator> configure, params LogRecord[] records) =>
        new SagaEndpoint<Counter>(_services, "saga", "counters", configure).Consume(
            Batch(records),
            CancellationToken.None
        );

    internal LaneBatch Batch(params LogRecord[] records) =>
        new(
            "saga",
            new Ownership(new("counters", 3), 1, 0, "log"),
            records,
            _services.GetRequiredService<BatchTransactions>()
        );

    public async Task<T> One<T>(string sql)
    {
        await using var command = Hot.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task Execute(string sql)
    {
        await using var command = Hot.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static JsonTypeInfo<T> Json<T>() => (JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T));
}
