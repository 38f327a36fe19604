using System.Data.Common;
using System.Reflection;
using EventSettlement.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace EventSettlement.Platform;

/// <summary>Brings a database to this version; any number of processes may try at once, one does it.</summary>
public static class Migrator
{
    private const long LockKey = 0x5345_5454_4C45;

    /// <summary>Returns the names of the steps that were made now.</summary>
    public static async Task<IReadOnlyList<string>> Migrate(string connectionString, CancellationToken stop = default)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            ApplicationName = "settle migrate",
        }.ConnectionString;
        // A session lock: it goes with the connection, so a killed migration keeps nobody out.
        await using var guard = new NpgsqlConnection(unpooled);
        await guard.OpenAsync(stop);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_lock($1)", guard) { CommandTimeout = 300 })
        {
            take.Parameters.Add(new NpgsqlParameter { Value = LockKey });
            await take.ExecuteNonQueryAsync(stop);
        }
        await using var context = new MigrationContext(unpooled);
        var pending = (await context.Database.GetPendingMigrationsAsync(stop)).ToList();
        if (pending.Count > 0)
            await context.Database.MigrateAsync(stop);
        if (Planted.Bug("unique-dropped"))
            await DropUnique(guard, stop);
        return pending;
    }

    private static async Task DropUnique(NpgsqlConnection connection, CancellationToken stop)
    {
        const string drop = """
            ALTER TABLE settlement_request DROP CONSTRAINT IF EXISTS settlement_request_programme_subject_period_key;
            ALTER TABLE settlement DROP CONSTRAINT IF EXISTS settlement_programme_subject_period_key;
            """;
        await using var command = new NpgsqlCommand(drop, connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Steps that this version knows and the database does not have.</summary>
    public static async Task<IReadOnlyList<string>> Pending(string connectionString, CancellationToken stop = default)
    {
        await using var context = new MigrationContext(connectionString);
        return [.. await context.Database.GetPendingMigrationsAsync(stop)];
    }

    /// <summary>The text of an SQL file that was compiled into an assembly.</summary>
    internal static string Sql(Assembly assembly, string file)
    {
        var name = assembly.GetManifestResourceNames().Single(n => n.EndsWith(file, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    internal sealed class MigrationContext(string connectionString) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder builder) =>
            builder
                .UseNpgsql(connectionString, o => o.CommandTimeout(600))
                .AddInterceptors(new CrashInside())
                // The steps are SQL files: there is no EF model that could be behind them.
                .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
    }

    private sealed class CrashInside : DbCommandInterceptor
    {
        public override ValueTask<int> NonQueryExecutedAsync(
            DbCommand command,
            CommandExecutedEventData eventData,
            int result,
            CancellationToken cancellationToken = default
        )
        {
            CrashPoint.Hit("K28");
            return ValueTask.FromResult(result);
        }
    }
}
