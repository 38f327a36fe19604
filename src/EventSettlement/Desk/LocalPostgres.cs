using System.Diagnostics;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Desk;

/// <summary>
/// A private PostgreSQL server in a folder, made from the binaries of this machine; for desks and tests.
/// </summary>
public sealed class LocalPostgres
{
    private static readonly TimeSpan LeftoversEnd = TimeSpan.FromSeconds(15);
    private readonly PostgresFolder _place;

    private LocalPostgres(PostgresFolder place, int port, bool adopted)
    {
        _place = place;
        Port = port;
        Adopted = adopted;
        ConnectionString = ConnectionTo(place, port);
    }

    public int Port { get; }

    /// <summary>It was running already.</summary>
    public bool Adopted { get; }

    /// <summary>Superuser, database <c>settlement</c>.</summary>
    public string ConnectionString { get; }

    public string DataFolder => _place.Data;

    public string LogFile => LogOf(_place);

    public bool Runs => _place.RunningPort() is not null;

    /// <summary>What to type where the binaries are missing.</summary>
    public const string InstallCommand = "apt-get install postgresql   (or set PATH to a PostgreSQL 14+ bin folder)";

    /// <summary>The folder that holds initdb, pg_ctl and postgres, the newest version first; null = none.</summary>
    public static string? FindBinaries()
    {
        var folders = new List<string>();
        if (Directory.Exists("/usr/lib/postgresql"))
            folders.AddRange(
                Directory
                    .GetDirectories("/usr/lib/postgresql")
                    .OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0)
                    .Select(d => Path.Combine(d, "bin"))
            );
        folders.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        if (Shell.Find("pg_config") is { } config && Shell.Run(config, ["--bindir"]) is { Code: 0 } answer)
            folders.Add(answer.Output.Trim());
        return folders.FirstOrDefault(f =>
            f.Length > 0 && File.Exists(Path.Combine(f, "initdb")) && File.Exists(Path.Combine(f, "postgres"))
        );
    }

    /// <summary>Starts the server of this folder, or adopts it where it runs; makes it when there is none.</summary>
    /// <param name="folder">Where the data may lie; elsewhere, and said, when the server's user cannot enter
    /// it.</param>
    /// <param name="say">Gets one line for everything that is made.</param>
    /// <param name="options">More settings, such as <c>fsync=off</c> for tests.</param>
    public static async Task<LocalPostgres> Start(
        string folder,
        Action<string> say,
        string[]? options = null,
        CancellationToken stop = default
    )
    {
        var binaries =
            FindBinaries()
            ?? throw new InvalidOperationException("PostgreSQL is not installed here: " + InstallCommand);
        var place = PostgresFolder.Choose(folder, binaries, say);
        if (place.RunningPort() is { } running && await Answers(place, running, stop))
            return new LocalPostgres(place, running, adopted: true);
        if (!File.Exists(Path.Combine(place.Data, "PG_VERSION")))
        {
            say($"PostgreSQL: a private server in {place.Data} (binaries of {binaries})");
            place.Initialise();
        }
        place.WriteSettings();
        var port = Shell.FreePort();
        var all = (options ?? [])
            .Prepend($"port={port}")
            .Prepend("listen_addresses=127.0.0.1")
            .Prepend("unix_socket_directories=")
            .Select(o => $"-c {o.Split('=')[0]}='{o[(o.IndexOf('=') + 1)..]}'");
        await StartAnew(place, string.Join(' ', all), stop);
        await CreateDatabase(place, port, stop);
        return new LocalPostgres(place, port, adopted: false);
    }

    /// <exception cref="InvalidOperationException">It does not start; with what its log says.</exception>
    private static async Task StartAnew(PostgresFolder place, string options, CancellationToken stop)
    {
        var (log, began) = (LogOf(place), Stopwatch.GetTimestamp());
        while (true)
            try
            {
                place.AsOwner("pg_ctl", "start", "-D", place.Data, "-w", "-t", "60", "-s", "-l", log, "-o", options);
                return;
            }
            catch (InvalidOperationException) when (Stopwatch.GetElapsedTime(began) < LeftoversEnd)
            {
                // The children of a killed server hold its memory until they have noticed.
                await Task.Delay(TimeSpan.FromSeconds(1), stop);
            }
            catch (InvalidOperationException failed)
            {
                throw new InvalidOperationException(
                    $"{failed.Message}\n{log} ends with:\n{string.Join('\n', File.ReadLines(log).TakeLast(5))}"
                );
            }
    }

    public void Stop() => _place.AsOwner("pg_ctl", "stop", "-D", _place.Data, "-m", "fast", "-w", "-t", "60", "-s");

    /// <summary>Stops the server of this folder if one runs; true when there was one.</summary>
    public static bool StopIn(string folder)
    {
        if (
            FindBinaries() is not { } binaries
            || PostgresFolder.Existing(folder, binaries) is not { } place
            || place.RunningPort() is null
        )
            return false;
        place.AsOwner("pg_ctl", "stop", "-D", place.Data, "-m", "fast", "-w", "-t", "60", "-s");
        return true;
    }

    /// <summary>Whether a private server's data is there, running or not.</summary>
    public static bool IsIn(string folder) =>
        FindBinaries() is { } binaries && PostgresFolder.Existing(folder, binaries) is not null;

    /// <summary>The address of the server that runs in this folder; null = none runs.</summary>
    public static string? RunningIn(string folder) =>
        FindBinaries() is { } binaries
        && PostgresFolder.Existing(folder, binaries) is { } place
        && place.RunningPort() is { } port
            ? ConnectionTo(place, port)
            : null;

    /// <summary>Removes a stopped server's data, wherever it had to go.</summary>
    public static void Delete(string folder)
    {
        if (FindBinaries() is { } binaries && PostgresFolder.Existing(folder, binaries) is { } place)
            Directory.Delete(place.Root, recursive: true);
    }

    /// <summary>The address of another database of this server, made when it is not there.</summary>
    public async Task<string> WithDatabase(string name, CancellationToken stop)
    {
        await CreateDatabase(_place, Port, stop, name);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Ends the server and removes its folder once this process is gone, however it went.</summary>
    public void StopAfterThisProcess()
    {
        // A test host is ended without mercy, so a bystander in a session of its own does the cleaning.
        var script =
            $"while kill -0 {Environment.ProcessId} 2>/dev/null; do sleep 1; done; "
            + $"{_place.OwnerCommand("pg_ctl")} stop -D '{_place.Data}' -m immediate -s; "
            + $"rm -rf '{_place.Root}'; rmdir '{Path.GetDirectoryName(_place.Root)}'";
        Shell.Detach("sh", ["-c", script], Path.Combine(_place.Root, "bystander.log"));
    }

    private static string LogOf(PostgresFolder place) => Path.Combine(place.Root, "postgres.log");

    private static string ConnectionTo(PostgresFolder place, int port) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "settle",
            Password = place.Password(),
            Database = "settlement",
            MaxPoolSize = 50,
        }.ConnectionString;

    private static async Task<bool> Answers(PostgresFolder place, int port, CancellationToken stop)
    {
        try
        {
            await CreateDatabase(place, port, stop);
            return true;
        }
        catch (NpgsqlException)
        {
            // A pid file left by a killed server, or its number given to another program: started anew below.
            return false;
        }
    }

    private static async Task CreateDatabase(
        PostgresFolder place,
        int port,
        CancellationToken stop,
        string name = "settlement"
    )
    {
        var maintenance = new NpgsqlConnectionStringBuilder(ConnectionTo(place, port))
        {
            Database = "postgres",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(stop);
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name}\"", connection);
        try
        {
            await create.ExecuteNonQueryAsync(stop);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // It is there from the last time.
        }
    }
}
