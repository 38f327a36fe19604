using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.IntegrationTests.Platform;

/// <summary>They change the environment of the process, so no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnvironmentTests
{
    public const string Name = "environment";
}

/// <summary>What a session is, whatever environment, connection string and server say.</summary>
[Collection(EnvironmentTests.Name)]
public sealed class DatabaseSessionTests
{
    private const string Korean = "회원-가 뷁 👩‍🏫";

    [Theory]
    [InlineData("PGCLIENTENCODING", "LATIN1")]
    [InlineData("PGCLIENTENCODING", "EUC_KR")]
    [InlineData("PGOPTIONS", "-c client_encoding=LATIN1")]
    public async Task An_encoding_in_the_environment_changes_no_text(string variable, string value)
    {
        await using var test = await TestDatabase.Create();
        using var set = new Variable(variable, value);
        await using var database = new Database(test.ConnectionString);
        foreach (var pool in (NpgsqlDataSource[])[database.Hot, database.Reads])
            Assert.Equal(Octets(Korean), await Octets(pool));
    }

    [Fact]
    public async Task An_encoding_in_the_connection_string_changes_no_text()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString + ";Client Encoding=LATIN1;Encoding=iso-8859-1");
        Assert.Equal(Octets(Korean), await Octets(database.Hot));
    }

    [Theory]
    [InlineData("")]
    [InlineData(";No Reset On Close=true")]
    public async Task A_session_that_comes_back_to_the_pool_gives_up_its_block_of_ids(string given)
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString + given);
        var ids = new List<long>();
        for (var round = 0; round < 3; round++)
        {
            await using var one = await database.Hot.OpenConnectionAsync();
            await using var other = await database.Hot.OpenConnectionAsync();
            foreach (var session in (NpgsqlConnection[])[one, other])
            {
                await using var send = session.CreateCommand();
                send.CommandText = "INSERT INTO outbox (shard, topic, headers) VALUES (0, 't', '') RETURNING id";
                ids.Add((long)(await send.ExecuteScalarAsync())!);
            }
        }

        Assert.Equal(ids.Order(), ids);
    }

    [Theory]
    [InlineData("Options", null)]
    [InlineData(null, "PGOPTIONS")]
    public async Task Options_that_are_given_hold_in_every_pool_and_in_the_migrator(string? keyword, string? variable)
    {
        await using var test = await TestDatabase.Create();
        await using (var plain = NpgsqlDataSource.Create(test.ConnectionString))
        await using (var make = plain.CreateCommand("CREATE SCHEMA settle"))
            await make.ExecuteNonQueryAsync();
        const string options = "-c search_path=settle";
        using var set = new Variable(variable ?? "UNUSED_BY_ANYONE", options);
        var address = test.ConnectionString + (keyword is null ? "" : $";{keyword}={options}");
        await Migrator.Migrate(address);
        await using var database = new Database(address);
        foreach (var pool in (NpgsqlDataSource[])[database.Hot, database.Reads])
        {
            await using var where = pool.CreateCommand(
                "SELECT current_schema() || ' ' || 'settlement'::regclass::oid::regclass"
            );
            Assert.Equal("settle settlement", await where.ExecuteScalarAsync());
        }

        await using var seqscan = database.Hot.CreateCommand("SHOW enable_seqscan");
        Assert.Equal("off", await seqscan.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Sessions_that_may_not_write_are_refused_by_name()
    {
        await using var test = await TestDatabase.Create();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Migrator.Migrate(test.ConnectionString + ";Options=-c default_transaction_read_only=on")
        );
        Assert.Contains("default_transaction_read_only", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PGOPTIONS", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EUC_KR")]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    public async Task A_database_in_another_encoding_is_refused_by_name(string encoding)
    {
        var server = await TestServer.ConnectionString();
        var name = "encoded_" + Guid.NewGuid().ToString("N")[..10];
        await using var plain = NpgsqlDataSource.Create(server);
        await using (
            var make = plain.CreateCommand(
                $"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"
            )
        )
            await make.ExecuteNonQueryAsync();
        var address = new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false }.ConnectionString;
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.Migrate(address));
        Assert.Contains(encoding, refused.Message, StringComparison.Ordinal);
        Assert.Contains("ENCODING 'UTF8'", refused.Message, StringComparison.Ordinal);
        await using var drop = plain.CreateCommand($"DROP DATABASE {name} WITH (FORCE)");
        await drop.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task A_connection_that_rested_for_long_is_used_again()
    {
        await using var test = await TestDatabase.Create();
        await using (var plain = NpgsqlDataSource.Create(test.ConnectionString))
        await using (
            var limit = plain.CreateCommand(
                $"ALTER DATABASE \"{new NpgsqlConnectionStringBuilder(test.ConnectionString).Database}\" "
                    + "SET idle_session_timeout = '300ms'"
            )
        )
            await limit.ExecuteNonQueryAsync();
        await using var database = new Database(test.ConnectionString);
        Assert.True(await database.MayWrite(CancellationToken.None));
        using var rest = new PeriodicTimer(TimeSpan.FromMilliseconds(900));
        await rest.WaitForNextTickAsync();
        Assert.True(await database.MayWrite(CancellationToken.None));
    }

    private static string Octets(string text) => Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>As PostgreSQL has it.</summary>
    private static async Task<string> Octets(NpgsqlDataSource pool)
    {
        await using var command = pool.CreateCommand("SELECT encode(convert_to($1::text, 'UTF8'), 'hex')");
        command.Parameters.Add(new NpgsqlParameter { Value = Korean });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Of this process's environment; as it was when disposed.</summary>
    private sealed class Variable : IDisposable
    {
        private readonly string _name;
        private readonly string? _before;

        public Variable(string name, string value)
        {
            (_name, _before) = (name, Environment.GetEnvironmentVariable(name));
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, _before);
    }
}
