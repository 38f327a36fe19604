using EventSettlement.Alerts;
using EventSettlement.Contracts;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using EventSettlement.Settlements;
using EventSettlement.StudyRefunds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSettlement.IntegrationTests.Settlements;

/// <summary>The saga on PostgreSQL with its own log; payouts are played by the test.</summary>
internal sealed class SettlementWorld : IAsyncDisposable
{
    private readonly TestDatabase _test;
    private readonly ServiceProvider _services;

    private SettlementWorld(TestDatabase test, ServiceProvider services)
    {
        (_test, _services) = (test, services);
        Outgoing = services.GetRequiredService<IOutgoingWriter>();
        Topology = services.GetRequiredService<Topology>();
        Database = services.GetRequiredService<Database>();
    }

    public IOutgoingWriter Outgoing { get; }

    public Topology Topology { get; }

    public Database Database { get; }

    public T Of<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static async Task<SettlementWorld> Start(params int[] delays)
    {
        var test = await TestDatabase.Create();
        var settings = Server.Catalogue.Defaults.With(PlatformSettings.Main, test.ConnectionString);
        if (delays.Length > 0)
            settings = settings.With(
                ProgrammeSettings.RetryDelays,
                "study-refund",
                [.. delays.Select(ms => TimeSpan.FromMilliseconds(ms))]
            );
        var database = new Database(test.ConnectionString);
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .AddSingleton(settings)
            .AddSingleton(_ => database)
            .AddSingleton(_ => database.Hot)
            .AddSingleton<IProgramme, StudyRefund>()
            .AddSingleton<ProgrammeList>()
            .AddSingleton<AlertReads>()
            .AddSingleton<ISideTable<Alert>, AlertTable>()
            .AddSettlements(settings)
            .AddMessaging(new MessagingOptions { Partitions = 2 }, m => m.SettlementsMessages(settings));
        var world = new SettlementWorld(test, services.BuildServiceProvider());
        foreach (var hosted in world._services.GetServices<IHostedService>())
            await hosted.StartAsync(default);
        return world;
    }

    public async Task Tell<T>(Guid id, T message)
        where T : class
    {
        await using var connection = await Database.Hot.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        OutgoingMessage[] messages = [Topology.Message(id.ToString("D"), message)];
        await Outgoing.Write(connection, transaction, messages, default);
        await transaction.CommitAsync();
        Outgoing.Wake(messages);
    }

    public async Task<T> Read<T>(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task Do(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public Task UntilState(Guid id, string state) =>
        UntilText($"SELECT state FROM settlement WHERE settlement_id = '{id}'", state);

    public Task UntilText(string sql, string expected) =>
        Eventually.Equals(
            expected,
            async () =>
            {
                await using var command = Database.Reads.CreateCommand(sql);
                return await command.ExecuteScalarAsync() as string ?? "";
            },
            sql,
            15
        );

    public Task UntilNumber(string sql, long expected) => Eventually.Equals(expected, () => Read<long>(sql), sql, 15);

    /// <summary>Bodies on the topic of payouts, in the order of their numbers.</summary>
    public Task<string> Payouts() =>
        Read<string>(
            """
            SELECT coalesce(string_agg(convert_from(body, 'UTF8'), ' ' ORDER BY appended_at, "offset"), '')
            FROM event_log JOIN log_topic USING (topic_id) WHERE topic = 'payouts.member'
            """
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>().Reverse())
            await hosted.StopAsync(default);
        await _services.DisposeAsync();
        await _test.DisposeAsync();
    }
}
