using EventSettlement.Desk;
using EventSettlement.Platform;
using Xunit.Sdk;

namespace EventSettlement.IntegrationTests.Fixtures;

/// <summary>
/// The PostgreSQL of the tests: the one that EVENTSETTLEMENT_TEST_PG names, else one in a container where those are
/// wanted, else a private one for this test run. Where there is none, a desk skips with the command to type and a build
/// server fails.
/// </summary>
public static class TestServer
{
    private static readonly Lazy<Task<string>> Started = new(Start);

    public static bool MissingMayBeSkipped => Environment.GetEnvironmentVariable("CI") is not ("true" or "1");

    public static async Task<string> ConnectionString()
    {
        if (Environment.GetEnvironmentVariable("EVENTSETTLEMENT_TEST_PG") is { Length: > 0 } given)
            return given;
        if (ContainerServers.Wanted)
            return await ContainerServers.Postgres();
        if (LocalPostgres.FindBinaries() is null)
            throw Missing("PostgreSQL is not installed: " + LocalPostgres.InstallCommand);
        return await Started.Value;
    }

    /// <summary>Skips the test at a desk, fails it on a build server.</summary>
    public static Exception Missing(string message) =>
        MissingMayBeSkipped ? SkipException.ForSkip(message) : new InvalidOperationException(message);

    private static async Task<string> Start()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"settle-tests-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        // Test data may be lost with the machine, so the disk is not waited for.
        var server = await LocalPostgres.Start(
            folder,
            _ => { },
            ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300"]
        );
        server.StopAfterThisProcess();
        return server.ConnectionString;
    }
}
