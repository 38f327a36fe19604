using System.Security.Cryptography;
using System.Text;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.IntegrationTests.Fixtures;

/// <summary>A fresh, migrated database; gone when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);
    private static readonly Dictionary<string, string> Templates = [];
    private readonly string _server;
    private readonly string _name;

    private TestDatabase(string server, string name)
    {
        _server = server;
        _name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    public string ConnectionString { get; }

    public static async Task<TestDatabase> Create() => await On(await TestServer.ConnectionString());

    /// <param name="server">The connection string of its superuser.</param>
    public static async Task<TestDatabase> On(string server)
    {
        // PostgreSQL copies a template only while nobody else does.
        await OneAtATime.WaitAsync();
        try
        {
            if (!Templates.TryGetValue(server, out var template))
                Templates[server] = template = await PrepareTemplate(server);
            var name = $"test_{Environment.ProcessId}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}";
            await WithTemplateLock(server, c => Execute(c, $"CREATE DATABASE {name} TEMPLATE {template}"));
            return new TestDatabase(server, name);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await using var connection = await Open(_server);
        await Execute(connection, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    /// <summary>Migrated once per version of the tables, whichever test processes share the server.</summary>
    private static async Task<string> PrepareTemplate(string server)
    {
        var texts = Migrator.Steps().Select(step => step.Contents);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(texts)));
        var name = "template_" + Convert.ToHexStringLower(digest)[..16];
        await WithTemplateLock(
            server,
            async connection =>
            {
                await using var find = new NpgsqlCommand(
                    "SELECT count(*) FROM pg_database WHERE datname = $1 AND datistemplate",
                    connection
                );
                find.Parameters.Add(new NpgsqlParameter { Value = name });
                if ((long)(await find.ExecuteScalarAsync())! == 1)
                    return;
                await Execute(connection, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                await Execute(connection, $"CREATE DATABASE {name}");
                await Migrator.Migrate(
                    new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false }.ConnectionString
                );
                await Execute(connection, $"ALTER DATABASE {name} IS_TEMPLATE true");
            }
        );
        return name;
    }

    private static async Task WithTemplateLock(string server, Func<NpgsqlConnection, Task> work)
    {
        await using var connection = await Open(server);
        await Execute(connection, "SELECT pg_advisory_lock(7331)");
        await work(connection);
    }

    private static async Task<NpgsqlConnection> Open(string server)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        return connection;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
