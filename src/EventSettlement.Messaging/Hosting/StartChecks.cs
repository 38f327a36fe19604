using Npgsql;

namespace EventSettlement.Messaging.Hosting;

/// <summary>What must be so before anything is read.</summary>
internal static class StartChecks
{
    /// <exception cref="InvalidOperationException">Set-based statements would run as sequential scans, four times
    /// slower.</exception>
    public static async Task RefuseUnpinnedPlanner(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SHOW enable_seqscan");
        if ((string?)await command.ExecuteScalarAsync(cancel) != "off")
            throw new InvalidOperationException(
                "The hot pool must run with enable_seqscan=off; something between here and PostgreSQL dropped the "
                    + "connection's options (a transaction pooler does): connect directly."
            );
    }
}
