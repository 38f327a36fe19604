using EventSettlement.IntegrationTests.EventLog.World;

namespace EventSettlement.IntegrationTests.EventLog;

/// <summary>A first run needs no Kafka, and nothing that comes with it.</summary>
public sealed class NativeClientTests
{
    [Fact]
    public Task A_process_whose_log_is_in_postgresql_never_loads_the_native_kafka_client() => Loads<OnPostgres>(false);

    [Fact]
    public Task A_process_whose_log_is_kafka_loads_it() => Loads<OnKafka>(true);

    private static async Task Loads<TLog>(bool expected)
        where TLog : ILogKind
    {
        await using var world = await MessagingWorld.Create<TLog>();
        string[] arguments = [world.ConnectionString, TLog.Name, await TLog.Bootstrap() ?? "-", world.Topic];
        await using var process = await Killable.Start(arguments, null);

        Assert.Equal(expected, process.HasLoaded("librdkafka"));
    }
}
