using DotNet.Testcontainers.Builders;
using Testcontainers.Kafka;
using Testcontainers.PostgreSql;
using Xunit.Sdk;

namespace EventSettlement.IntegrationTests.Fixtures;

/// <summary>
/// PostgreSQL and Kafka in containers, one of each for this test run: of all tests where EVENTSETTLEMENT_TEST_SERVERS
/// is <c>containers</c>, else of those that are about them. The engine removes them when the run has ended.
/// </summary>
internal static class ContainerServers
{
    // The images of docker-compose.yml.
    private const string PostgresImage = "postgres:17";
    private const string KafkaImage = "apache/kafka:4.2.0";

    private static readonly Lazy<Task<string>> StartedPostgres = new(StartPostgres);
    private static readonly Lazy<Task<string>> StartedKafka = new(StartKafka);

    public static bool Wanted => Environment.GetEnvironmentVariable("EVENTSETTLEMENT_TEST_SERVERS") == "containers";

    /// <summary>The connection string of its superuser.</summary>
    public static Task<string> Postgres() => StartedPostgres.Value;

    /// <summary>host:port.</summary>
    public static Task<string> Kafka() => StartedKafka.Value;

    private static async Task<string> StartPostgres()
    {
        // Test data may be lost with the container: the module waits for no disk.
        var container = WithEngine(() =>
            new PostgreSqlBuilder(PostgresImage).WithCommand("-c", "max_connections=300").Build()
        );
        await container.StartAsync();
        return container.GetConnectionString();
    }

    private static async Task<string> StartKafka()
    {
        var container = WithEngine(() =>
            new KafkaBuilder(KafkaImage).WithEnvironment("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false").Build()
        );
        await container.StartAsync();
        return $"{container.Hostname}:{container.GetMappedPublicPort(KafkaBuilder.KafkaPort)}";
    }

    private static T WithEngine<T>(Func<T> build)
    {
        try
        {
            return build();
        }
        catch (DockerUnavailableException)
        {
            // Where containers were asked for, skipping all tests would look like a run.
            throw Wanted
                ? new InvalidOperationException(
                    "EVENTSETTLEMENT_TEST_SERVERS=containers, but there is no Docker engine"
                )
                : SkipException.ForSkip("no Docker engine");
        }
    }
}
