using System.Diagnostics;
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
        Assert.Empty(Migrator.Pending(database.ConnectionString));
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
    public async Task A_migration_that_was_killed_has_done_nothing_and_is_made_whole_by_the_next()
    {
        await using var database = await TestDatabase.Create();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var whole = await Columns(source);
        await Empty(database.ConnectionString);
        source.Clear();

        foreach (var nth in new[] { 1, 2, 10 })
        {
            Assert.Equal(137, await MigrateAndDie(database.ConnectionString, nth));
            Assert.Equal(Migrator.Steps().Select(s => s.Name), Migrator.Pending(database.ConnectionString));
        }

        Assert.Equal(Migrator.Steps().Count, (await Migrator.Migrate(database.ConnectionString)).Count);
        Assert.Equal(whole, await Columns(source));
    }

    [Fact]
    public async Task An_older_program_refuses_a_newer_database()
    {
        await using var database = await TestDatabase.Create();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await Execute(source, "INSERT INTO migration (scriptname, applied) VALUES ('9999_later', now())");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Migrator.Migrate(database.ConnectionString)
        );

        Assert.Contains("newer version: it has 9999_later", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_that_are_not_what_their_request_owes_are_refused()
    {
        await using var database = await TestDatabase.Create();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        const string plan = """
            INSERT INTO settlement_request SELECT id, 'p', 's', 'once', 1, 'member', 'KRW', 300, 3, 1, clock(), clock(),
                '{}', '{}' FROM (SELECT '6f0d1d3e-0000-7000-8000-000000000001'::uuid AS id) AS new;
            INSERT INTO settlement_item (settlement_id, no, part, member_id, amount, state)
            SELECT '6f0d1d3e-0000-7000-8000-000000000001', n, 0, 'M-' || n, 100, 'PENDING' FROM generate_series(1, 2) n
            """;
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Execute(source, plan));
        Assert.Equal("23514", refused.SqlState);
        await Execute(source, plan.Replace("generate_series(1, 2)", "generate_series(1, 3)"));
    }

    [Fact]
    public async Task A_study_stays_as_its_fact_told_it()
    {
        await using var database = await TestDatabase.Create();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await Execute(
            source,
            "INSERT INTO study VALUES ('S', clock(), 'KRW', 1, 1, '{M}', '{0}', '', 't', 0, 0, clock(), NULL)"
        );
        await Execute(source, "UPDATE study SET run_id = 7");
        var changed = await Assert.ThrowsAsync<PostgresException>(() =>
            Execute(source, "UPDATE study SET deposit = 2")
        );
        Assert.Equal("42501", changed.SqlState);
    }

    [Fact]
    public async Task The_ledger_refuses_what_does_not_sum_to_zero_and_what_changes_the_past()
    {
        await using var database = await TestDatabase.Create();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        const string post = """
            INSERT INTO posting SELECT 1, n, 'a', 'KRW', CASE n WHEN 1 THEN 100 ELSE -99 END, 'creation', 'r',
                gen_random_uuid(), clock() FROM generate_series(1, 2) n
            """;
        var unbalanced = await Assert.ThrowsAsync<PostgresException>(() => Execute(source, post));
        Assert.Equal("23514", unbalanced.SqlState);
        await Execute(source, post.Replace("-99", "-100"));
        var changed = await Assert.ThrowsAsync<PostgresException>(() => Execute(source, "DELETE FROM posting"));
        Assert.Equal("42501", changed.SqlState);
    }

    private static async Task<int> MigrateAndDie(string connectionString, int nth)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "settle.dll"), "migrate"]);
        start.Environment["EventSettlement__ConnectionStrings__Main"] = connectionString;
        start.Environment["EVENTSETTLEMENT_CRASH_AT"] = $"{SettlementCrashPoints.MigrationStatementDone}:{nth}";
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return process.ExitCode;
    }

    private static async Task<string[]> Columns(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            """
            SELECT array_agg(table_name || '.' || column_name || ' ' || data_type ORDER BY table_name, ordinal_position)
            FROM information_schema.columns WHERE table_schema = 'public'
            """
        );
        return (string[])(await command.ExecuteScalarAsync())!;
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
