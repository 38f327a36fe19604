using System.Text;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.IntegrationTests.Platform;

public sealed class MigratorTests
{
    [Fact]
    public async Task A_migrated_database_has_nothing_left_to_migrate()
    {
        await using var database = await TestDatabase.Create();
        Assert.Empty(await Migrator.Migrate(database.ConnectionString));
        Assert.Empty(await Migrator.Pending(database.ConnectionString));
    }

    [Fact]
    public async Task Processes_that_migrate_at_once_do_it_once()
    {
        await using var database = await TestDatabase.Create();
        await Empty(database.ConnectionString);
        var results = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => Migrator.Migrate(database.ConnectionString)))
        );
        Assert.Single(results, r => r.Count > 0);
    }

    [Fact]
    public async Task What_waits_in_the_outbox_of_an_older_version_keeps_its_key()
    {
        await using var database = await TestDatabase.Create();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await Execute(
            source,
            """
            ALTER TABLE outbox ALTER COLUMN msg_key TYPE text USING NULL;
            DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" = '0009_key_bytes'
            """
        );
        await Execute(
            source,
            "INSERT INTO outbox (shard, topic, msg_key, headers) VALUES (0, 't', '키\\', ''), " + "(0, 't', NULL, '')"
        );

        Assert.Equal(["0009_key_bytes"], await Migrator.Migrate(database.ConnectionString));

        await using var command = source.CreateCommand("SELECT array_agg(msg_key ORDER BY id) FROM outbox");
        Assert.Equal([Encoding.UTF8.GetBytes("키\\"), null], (byte[]?[])(await command.ExecuteScalarAsync())!);
    }

    [Fact]
    public async Task The_ledger_refuses_what_does_not_sum_to_zero_and_what_changes_the_past()
    {
        await using var database = await TestDatabase.Create();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        const string Post = """
            INSERT INTO posting SELECT 1, n, 'a', 'KRW', CASE n WHEN 1 THEN 100 ELSE -99 END, 'creation', 'r',
                gen_random_uuid(), clock() FROM generate_series(1, 2) n
            """;
        var unbalanced = await Assert.ThrowsAsync<PostgresException>(() => Execute(source, Post));
        Assert.Equal("23514", unbalanced.SqlState);
        await Execute(source, Post.Replace("-99", "-100"));
        var changed = await Assert.ThrowsAsync<PostgresException>(() => Execute(source, "DELETE FROM posting"));
        Assert.Equal("42501", changed.SqlState);
    }

    private static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task Empty(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await Execute(source, "DROP SCHEMA public CASCADE");
        await Execute(source, "CREATE SCHEMA public");
    }
}
