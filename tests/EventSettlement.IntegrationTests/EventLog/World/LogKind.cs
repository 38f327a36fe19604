using EventSettlement.IntegrationTests.Fixtures;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>Which log a test class runs on; every messaging test runs on both.</summary>
public interface ILogKind
{
    static abstract string Name { get; }

    static abstract Task<string?> Bootstrap();

    /// <summary>The PostgreSQL server under it.</summary>
    static virtual Task<string> Server() => TestServer.ConnectionString();
}

public sealed class OnPostgres : ILogKind
{
    public static string Name => "postgres";

    public static Task<string?> Bootstrap() => Task.FromResult<string?>(null);
}

public sealed class OnKafka : ILogKind
{
    public static string Name => "kafka";

    public static async Task<string?> Bootstrap() => await KafkaBroker.Bootstrap();
}

public sealed class OnPostgresInContainer : ILogKind
{
    public static string Name => "postgres";

    public static Task<string?> Bootstrap() => Task.FromResult<string?>(null);

    public static Task<string> Server() => ContainerServers.Postgres();
}

public sealed class OnKafkaInContainer : ILogKind
{
    public static string Name => "kafka";

    public static async Task<string?> Bootstrap() => await ContainerServers.Kafka();

    public static Task<string> Server() => ContainerServers.Postgres();
}
