namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>Which log a test class runs on; every messaging test runs on both.</summary>
public interface ILogKind
{
    static abstract string Name { get; }

    static abstract Task<string?> Bootstrap();
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
