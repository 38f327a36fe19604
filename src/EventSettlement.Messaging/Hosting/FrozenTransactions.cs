using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSettlement.Messaging.Hosting;

/// <summary>
/// Ends the transactions of processes that stand still. A process that is frozen or cut off between two statements is
/// ended by PostgreSQL (<c>idle_in_transaction_session_timeout</c>); one that had sent a part of a batch, or has not
/// read all of an answer, is "active" for PostgreSQL: no timeout of version 15 ends it, and what it has locked, such
/// as the fence of a partition or a head of the log, would be waited for until somebody kills it.
/// </summary>
internal sealed class FrozenTransactions(NpgsqlDataSource database, ILogger<FrozenTransactions> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string WaitingForTheirClient = """
        SELECT pid, query_start FROM pg_stat_activity
        WHERE state = 'active' AND wait_event IN ('ClientRead', 'ClientWrite') AND xact_start IS NOT NULL
          AND datname = current_database() AND usename = current_user
          AND application_name = current_setting('application_name')
        """;

    private const string End =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND " + "query_start = $2";

    // Seen in every look since: by this process's clock, so a jump of the database's ends nothing.
    private Dictionary<(int Pid, DateTime Statement), long> _since = [];

    public async Task Run(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                // A connection of its own: the pool may be empty because everybody waits for the frozen one.
                await using var connection = await database.OpenConnectionAsync(cancel);
                while (true)
                {
                    await EndFrozen(connection, cancel);
                    await Task.Delay(Every, cancel);
                }
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                // The database is away: it has ended everything by itself.
                _since = [];
                await Task.Delay(Every, cancel);
            }
        }
    }

    private async Task EndFrozen(NpgsqlConnection connection, CancellationToken cancel)
    {
        var now = Stopwatch.GetTimestamp();
        var seen = new Dictionary<(int, DateTime), long>();
        await using (var command = new NpgsqlCommand(WaitingForTheirClient, connection))
        await using (var row = await command.ExecuteReaderAsync(cancel))
            while (await row.ReadAsync(cancel))
            {
                var session = (row.GetInt32(0), row.GetDateTime(1));
                seen[session] = _since.GetValueOrDefault(session, now);
            }

        _since = seen;
        foreach (var ((pid, statement), since) in seen)
            if (Stopwatch.GetElapsedTime(since, now) >= Patience)
                await EndSession(connection, pid, statement, cancel);
    }

    private async Task EndSession(NpgsqlConnection connection, int pid, DateTime statement, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(End, connection);
        command.Parameters.Add(new() { Value = pid });
        command.Parameters.Add(new() { Value = statement });
        if (await command.ExecuteScalarAsync(cancel) is true)
            logger.LogWarning(
                "Ended database session {Pid}: its process stood still in the middle of a statement for {Seconds} s",
                pid,
                Patience.TotalSeconds
            );
    }
}
