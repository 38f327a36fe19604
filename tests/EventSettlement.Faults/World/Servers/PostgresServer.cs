using Npgsql;

namespace EventSettlement.Faults.World.Servers;

/// <summary>A PostgreSQL server of one run, started from a copy of the template's folder.</summary>
internal sealed class PostgresServer(string folder, int port)
{
    /// <summary>Of the server; the harness alone.</summary>
    public const string Owner = "settle";

    /// <summary>Of the database: may do what it was granted, and gets none of the places kept for the owner.</summary>
    public const string Product = "product";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private ChildProcess? _server;

    public int Port => port;

    public string Folder => folder;

    /// <summary>Past any proxy; for the harness and the checker.</summary>
    public string Connection => ConnectionAt(port, Owner);

    public static string ConnectionAt(int port, string user) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = user,
            Database = "settlement",
            MaxPoolSize = 40,
            Timeout = 15,
            CommandTimeout = 30,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    /// <param name="clockOff">Seconds by which the function that all of the product's SQL uses is wrong.</param>
    public async Task Start(int clockOff)
    {
        await Start();
        if (clockOff == 0)
            return;
        await using var database = NpgsqlDataSource.Create(Connection);
        await using var command = database.CreateCommand(
            "CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz "
                + $"LANGUAGE sql VOLATILE AS $$SELECT clock_timestamp() + interval '{clockOff} seconds'$$"
        );
        await command.ExecuteNonQueryAsync();
    }

    public async Task Start()
    {
        string[] settings =
        [
            $"port={port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "max_connections=200",
            "shared_buffers=64MB",
            "track_commit_timestamp=on",
            "log_min_messages=warning",
        ];
        var words = settings.SelectMany(s => new[] { "-c", s });
        _server = ChildProcess.Start(
            "postgres",
            Path.Combine(folder, "..", "postgres.log"),
            [],
            [.. PostgresBinaries.AsOwner("postgres"), "-D", folder, .. words]
        );
        await Waiting.Must("PostgreSQL answers", StartLimit, Answers);
    }

    /// <summary>All its processes at once, as when the machine is switched off.</summary>
    public void Kill()
    {
        if (_server is not { HasExited: false } server)
            return;
        server.Signal("STOP");
        var backends = ChildProcess.ChildrenOf(server.Id);
        ChildProcess.Send("KILL", [server.Id, .. backends]);
        server.Kill();
    }

    private async Task<bool> Answers()
    {
        if (_server!.HasExited)
            throw new InvalidOperationException($"PostgreSQL ended with {_server.ExitCode}");
        try
        {
            var unpooled = new NpgsqlConnectionStringBuilder(Connection) { Pooling = false, Database = "postgres" };
            await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
