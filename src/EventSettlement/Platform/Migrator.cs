using System.Reflection;
using DbUp;
using DbUp.Engine;
using EventSettlement.Messaging;
using Npgsql;

namespace EventSettlement.Platform;

/// <summary>
/// Brings a database to this version: SQL files that are part of the program, each once, all that are missing in one
/// transaction. Any number of processes may try at once, one does it.
/// </summary>
public static class Migrator
{
    private const long LockKey = 0x5345_5454_4C45;
    private const string Journal = "migration";
    private const string Folder = ".Migrations.";

    /// <param name="more">Assemblies with migrations besides the product's own.</param>
    /// <returns>The names of the steps that were made now.</returns>
    /// <exception cref="InvalidOperationException">
    /// The database is of a newer version, or not one to keep all ids in.
    /// </exception>
    public static async Task<IReadOnlyList<string>> Migrate(
        string connectionString,
        CancellationToken cancel = default,
        params IReadOnlyList<Assembly> more
    )
    {
        var session = DatabaseSession.Of(connectionString, "settle migrate");
        session.Pooling = false;
        var unpooled = session.ConnectionString;
        // A session lock: it goes with the connection, so a killed migration keeps nobody out.
        await using var guard = new NpgsqlConnection(unpooled);
        await guard.OpenAsync(cancel);
        await DatabaseSession.Check(guard, cancel);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_lock($1)", guard) { CommandTimeout = 300 })
        {
            take.Parameters.Add(new NpgsqlParameter { Value = LockKey });
            await take.ExecuteNonQueryAsync(cancel);
        }

        var (engine, scripts) = Engine(unpooled, more);
        RefuseNewer(engine, scripts);
        var pending = engine.GetScriptsToExecute().ConvertAll(script => script.Name);
        if (pending.Count == 0)
            return pending;
        engine.ScriptExecuted += (_, _) => CrashPoint.Hit(SettlementCrashPoints.MigrationStatementDone);
        var result = engine.PerformUpgrade();
        return result.Successful ? pending : throw result.Error;
    }

    /// <summary>Steps that this version knows and the database does not have.</summary>
    /// <exception cref="InvalidOperationException">The database is of a newer version.</exception>
    public static IReadOnlyList<string> Pending(string connectionString, params IReadOnlyList<Assembly> more)
    {
        var session = DatabaseSession.Of(connectionString, "settle migrate");
        var (engine, scripts) = Engine(session.ConnectionString, more);
        RefuseNewer(engine, scripts);
        return engine.GetScriptsToExecute().ConvertAll(script => script.Name);
    }

    /// <summary>Every step in order, by name.</summary>
    internal static IReadOnlyList<SqlScript> Steps(params IReadOnlyList<Assembly> more)
    {
        Assembly[] assemblies = [typeof(CrashPoint).Assembly, typeof(Migrator).Assembly, .. more];
        return
        [
            .. assemblies
                .SelectMany(assembly =>
                    assembly
                        .GetManifestResourceNames()
                        .Where(name => name.Contains(Folder, StringComparison.Ordinal))
                        .Select(name => new SqlScript(StepName(name), Text(assembly, name)))
                )
                .OrderBy(script => script.Name, StringComparer.Ordinal),
        ];
    }

    // An older program would write rows that a newer one has ceased to understand.
    private static void RefuseNewer(UpgradeEngine engine, IReadOnlyList<SqlScript> scripts)
    {
        string[] unknown = [.. engine.GetExecutedScripts().Except(scripts.Select(script => script.Name))];
        if (unknown.Length > 0)
            throw new InvalidOperationException(
                $"The database is of a newer version: it has {string.Join(", ", unknown)}, which this program does not "
                    + "know. Start the newer program."
            );
    }

    private static (UpgradeEngine Engine, IReadOnlyList<SqlScript> Scripts) Engine(
        string connectionString,
        IReadOnlyList<Assembly> more
    )
    {
        var scripts = Steps(more);
        var engine = DeployChanges
            .To.PostgresqlDatabase(connectionString)
            .WithScripts(scripts)
            .WithVariablesDisabled()
            .WithTransaction()
            .WithExecutionTimeout(TimeSpan.FromMinutes(10))
            .JournalToPostgresqlTable(null, Journal)
            .LogToNowhere()
            .Build();
        return (engine, scripts);
    }

    private static string StepName(string resource) =>
        resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..^".sql".Length];

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
