using System.Globalization;
using EventSettlement.Desk;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Bench;

/// <summary>A fresh, migrated database for one bench; gone when disposed.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private const string PostgresFolder = "postgres";
    private readonly NpgsqlDataSource _server;
    private readonly LocalPostgres? _private;
    private readonly string? _folder;
    private readonly string _name;

    private BenchDatabase(NpgsqlDataSource server, LocalPostgres? own, string? folder, string name, string address)
    {
        (_server, _private, _folder, _name, ConnectionString) = (server, own, folder, name, address);
        Database = new Database(address);
    }

    public Database Database { get; }

    public string ConnectionString { get; }

    public static async Task<BenchDatabase> Create(string? connectionString, CancellationToken cancel)
    {
        var folder = connectionString is null ? Directory.CreateTempSubdirectory("settle-bench-").FullName : null;
        var own = folder is null
            ? null
            : await LocalPostgres.Start(Path.Combine(folder, PostgresFolder), Console.Error.WriteLine, stop: cancel);
        var address = new NpgsqlConnectionStringBuilder(connectionString ?? own!.ConnectionString);
        var server = NpgsqlDataSource.Create(address.ConnectionString);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"settle_bench_{Environment.ProcessId}_{Environment.TickCount64}"
        );
        await using (var create = server.CreateCommand($"CREATE DATABASE {name}"))
            await create.ExecuteNonQueryAsync(cancel);
        address.Database = name;
        await Migrator.Migrate(address.ConnectionString, cancel);
        return new BenchDatabase(server, own, folder, name, address.ConnectionString);
    }

    public async Task Execute(string sql, CancellationToken cancel)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await using (var drop = _server.CreateCommand($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)"))
            await drop.ExecuteNonQueryAsync();
        await _server.DisposeAsync();
        _private?.Stop();
        if (_folder is null)
            return;

        // As root the data lies elsewhere.
        LocalPostgres.Delete(Path.Combine(_folder, PostgresFolder));
        Directory.Delete(_folder, recursive: true);
    }
}
