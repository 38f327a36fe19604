using Npgsql;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>A database that nobody reaches until this is disposed: connections are ended, none is let in.</summary>
public sealed class Outage : IAsyncDisposable
{
    private readonly string _database;
    private readonly NpgsqlDataSource _server;

    private Outage(string database, NpgsqlDataSource server) => (_database, _server) = (database, server);

    public static async Task<Outage> Begin(string connectionString)
    {
        var address = new NpgsqlConnectionStringBuilder(connectionString);
        var database = address.Database!;
        address.Database = "postgres";
        var outage = new Outage(database, NpgsqlDataSource.Create(address));
        await outage.Execute($"ALTER DATABASE {database} ALLOW_CONNECTIONS false");
        // Waits until they are gone: a connection that is ended a moment later would be taken for a good one.
        await outage.Execute(
            $"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{database}'"
        );
        return outage;
    }

    public async ValueTask DisposeAsync()
    {
        await Execute($"ALTER DATABASE {_database} ALLOW_CONNECTIONS true");
        await _server.DisposeAsync();
    }

    private async Task Execute(string sql)
    {
        await using var command = _server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
