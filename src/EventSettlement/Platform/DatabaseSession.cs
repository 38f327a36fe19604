using Npgsql;

namespace EventSettlement.Platform;

/// <summary>
/// What every session of ours is, in each pool and in the migrator, whatever environment and connection string say.
/// </summary>
internal static class DatabaseSession
{
    // A connection that rests in a pool is the pool's to end: the server's limit would fail the next statement on it.
    private const string PooledConnectionsStay = "-c idle_session_timeout=0";

    /// <param name="options">As in PGOPTIONS; they outrank those that were given.</param>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Of(string connectionString, string application, string options = "")
    {
        // Text is written as UTF-8 in any case: a server that is told something else (PGCLIENTENCODING) would keep, and
        // hand out, other ids than it was given.
        var session = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = application,
            ClientEncoding = "UTF8",
            Encoding = "UTF8",
            // Ids of the outbox come in blocks that a session keeps: one that went on with its block after another had
            // begun a later one would have its messages sent out of order.
            NoResetOnClose = false,
        };
        // Npgsql asks the environment only where no options are given, and some of ours always are.
        var given = session.Options ?? Environment.GetEnvironmentVariable("PGOPTIONS");
        session.Options = string.Join(
            ' ',
            ((string?[])[given, PooledConnectionsStay, options]).Where(part => !string.IsNullOrWhiteSpace(part))
        );
        // Of a primary and its replica only one can be written to, and it is not always the first that is named.
        if (session.Host?.Contains(',', StringComparison.Ordinal) == true && session.TargetSessionAttributes is null)
            session.TargetSessionAttributes = "primary";
        return session;
    }

    /// <summary>Refuses a database, or a setting of this process, that would lose ids or keep nothing.</summary>
    /// <exception cref="InvalidOperationException">Naming what to change.</exception>
    public static async Task Check(NpgsqlConnection session, CancellationToken cancel)
    {
        const string ask = """
            SELECT current_setting('server_encoding'), current_schema(), current_setting('search_path'), setting, source
            FROM pg_settings WHERE name = 'default_transaction_read_only'
            """;
        await using var command = new NpgsqlCommand(ask, session);
        await using var told = await command.ExecuteReaderAsync(cancel);
        await told.ReadAsync(cancel);
        if (told.GetString(0) is var encoding && encoding != "UTF8")
            throw new InvalidOperationException(
                $"The database {session.Database} is in {encoding}, which cannot keep every id: create one with "
                    + "ENCODING 'UTF8' TEMPLATE template0."
            );
        if (await told.IsDBNullAsync(1, cancel))
            throw new InvalidOperationException(
                $"There is no schema in the search path {told.GetString(2)}: create it, or name another in Search Path "
                    + "of ConnectionStrings:Main."
            );
        if (told.GetString(3) == "on" && told.GetString(4) == "client")
            throw new InvalidOperationException(
                "Sessions may not write: default_transaction_read_only is on in PGOPTIONS, or in Options of "
                    + "ConnectionStrings:Main. Take it out."
            );
    }
}
