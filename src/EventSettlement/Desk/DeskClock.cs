using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Platform.Configuration;
using Npgsql;

namespace EventSettlement.Desk;

/// <summary>
/// <c>settle dev clock</c>: puts the time by which a desk decides, the SQL function <c>clock()</c>, ahead of the real
/// one or back to it. Only a desk's: whoever has its folder has its database.
/// </summary>
internal static class DeskClock
{
    private const string Shifted =
        "SELECT to_char(clock() AT TIME ZONE interval '9 hours', 'YYYY-MM-DD HH24:MI:SS') "
        + "|| ' KST' || CASE WHEN clock_shift() = interval '0' THEN ' (real)' "
        + "ELSE ' (' || CASE WHEN clock_shift() < interval '0' THEN 'behind' ELSE 'ahead of' END "
        + "|| ' the real time)' END";

    // A function takes no parameters where it is made, so the server itself writes the literal.
    private const string Put = """
        SELECT format('CREATE OR REPLACE FUNCTION clock_shift() RETURNS interval LANGUAGE sql STABLE AS %L',
            format('SELECT interval %L', make_interval(secs => @seconds)::text))
        """;

    public static Command Command()
    {
        var at = new Option<string?>("--at")
        {
            Description = "The time that it is to be, such as 2027-01-05T12:00+09:00.",
        };
        var advance = new Option<string?>("--advance") { Description = "How far it is put on, such as 8m or 1d." };
        var real = new Option<bool>("--real") { Description = "Back to the real time." };
        at.Validators.Add(told =>
        {
            if (told.GetValueOrDefault<string?>() is { } text && Time(text) is null)
                told.AddError("--at takes a time with an offset, such as 2027-01-05T12:00+09:00");
        });
        advance.Validators.Add(told =>
        {
            if (told.GetValueOrDefault<string?>() is { } text && !Durations.TryParse(text, out _))
                told.AddError("--advance takes a length of time such as 8m, 2h or 1d");
        });
        var command = new Command("clock", "Show this desk's time, or put it elsewhere.") { at, advance, real };
        command.Validators.Add(told =>
        {
            if (new Option[] { at, advance, real }.Count(one => told.GetResult(one) is { Implicit: false }) > 1)
                told.AddError("only one of --at, --advance and --real");
        });
        DevOptions.AddFolderTo(command);
        command.SetAction(
            (parsed, stop) =>
                Run(
                    DevOptions.FolderOf(parsed),
                    parsed.GetValue(at) is { } time ? Time(time) : null,
                    Durations.TryParse(parsed.GetValue(advance), out var by) ? by : null,
                    parsed.GetValue(real),
                    stop
                )
        );
        return command;
    }

    private static async Task<int> Run(
        string folder,
        DateTimeOffset? at,
        TimeSpan? advance,
        bool real,
        CancellationToken stop
    )
    {
        await using var database = NpgsqlDataSource.Create(AddressOf(folder));
        try
        {
            // From the very moment of the answer on; what passes meanwhile passes on both clocks.
            if (at is { } time)
                await Shift(database, "extract(epoch FROM @at - clock_timestamp())", new("at", time.UtcDateTime), stop);
            else if (advance is { } by)
                await Shift(database, "extract(epoch FROM clock_shift() + @by)", new("by", by), stop);
            else if (real)
                await Shift(database, "extract(epoch FROM @by)", new("by", TimeSpan.Zero), stop);
            await using var now = database.CreateCommand(Shifted);
            Console.WriteLine(await now.ExecuteScalarAsync(stop));
            return ExitCode.Ok;
        }
        catch (NpgsqlException away) when (away is not PostgresException)
        {
            throw new CliException(
                ExitCode.Unavailable,
                $"the PostgreSQL of {folder} does not answer: settle dev up starts it"
            );
        }
    }

    private static async Task Shift(
        NpgsqlDataSource database,
        string seconds,
        NpgsqlParameter value,
        CancellationToken stop
    )
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using var write = new NpgsqlCommand(
            Put.Replace("@seconds", $"({seconds})::float8", StringComparison.Ordinal),
            connection,
            transaction
        );
        write.Parameters.Add(value);
        var put = (string)(await write.ExecuteScalarAsync(stop))!;
        await using var replace = new NpgsqlCommand(put, connection, transaction);
        await replace.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Of the database by which the desk's server was started.</summary>
    private static string AddressOf(string folder)
    {
        var settings = Path.Combine(folder, "appsettings.json");
        if (!DevStack.IsIn(folder) || !File.Exists(settings))
            throw new CliException(
                ExitCode.RefusedByState,
                $"{folder} holds no desk: only a desk's time can be put elsewhere (settle dev up makes one)"
            );
        var main = JsonNode.Parse(File.ReadAllText(settings))?["ConnectionStrings"]?["Main"]?.GetValue<string>();
        return main
            ?? throw new CliException(
                ExitCode.RefusedByState,
                $"{settings} names no database (ConnectionStrings:Main)"
            );
    }

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        && (text.EndsWith('Z') || text.EndsWith('z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf(':'))
            ? time
            : null;
}
