using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Facts;
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
            if (told.GetValueOrDefault<string?>() is { } text && !FactTimes.TryRead(text, out _))
                told.AddError("--at takes " + FactTimes.Rule);
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
                    FactTimes.TryRead(parsed.GetValue(at), out var time) ? time : null,
                    Durations.TryParse(parsed.GetValue(advance), out var by) ? by : null,
                    parsed.GetValue(real),
                    stop
                )
        );
        return command;
    }

    private static async Task<int> Run(
        string folder,
        DateTime? at,
        TimeSpan? advance,
        bool real,
        CancellationToken stop
    )
    {
        await using var database = NpgsqlDataSource.Create(AddressOf(folder));
        try
        {
            if (real)
                await Put(database, TimeSpan.Zero, stop);
            else if (at is { } time)
                await Put(database, await Read(database, "SELECT $1 - clock_timestamp()", time, stop), stop);
            else if (advance is { } by)
                await Put(database, await Read(database, "SELECT clock_shift() + $1", by, stop), stop);
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

    private static async Task<TimeSpan> Read(
        NpgsqlDataSource database,
        string sql,
        object value,
        CancellationToken stop
    )
    {
        await using var read = database.CreateCommand(sql);
        read.Parameters.Add(new() { Value = value });
        return (TimeSpan)(await read.ExecuteScalarAsync(stop))!;
    }

    // A function that is made takes no parameters; a whole number is no text of a caller.
    private static async Task Put(NpgsqlDataSource database, TimeSpan shift, CancellationToken stop)
    {
        var microseconds = shift.Ticks / TimeSpan.TicksPerMicrosecond;
        await using var put = database.CreateCommand(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                CREATE OR REPLACE FUNCTION clock_shift() RETURNS interval LANGUAGE sql STABLE AS
                    $shift$SELECT interval '{microseconds} microseconds'$shift$
                """
            )
        );
        await put.ExecuteNonQueryAsync(stop);
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
}
