using System.Diagnostics;
using EventSettlement.Alerts;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Payouts;

/// <summary>Stops and starts the payouts to one downstream; a stop holds only its own topic.</summary>
public sealed class Downstreams(Database database)
{
    private const string StopSql = """
        INSERT INTO downstream AS d (name, state, code, reason, since, actor) 
        VALUES ($1, 'STOPPED', $2, $3, clock(), 'payouts')
        ON CONFLICT (name) DO UPDATE SET state = 'STOPPED', code = excluded.code, reason = excluded.reason,
            since = excluded.since, actor = excluded.actor
        WHERE d.state <> 'STOPPED'
        """;

    private const string ResumeSql = """
        UPDATE downstream SET state = 'RUNNING', code = NULL, reason = NULL, since = clock(), actor = $2
        WHERE name = $1 AND state = 'STOPPED'
        """;

    private const string StateSql = "SELECT state FROM downstream WHERE name = $1";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>False where it was not stopped (or is not known).</summary>
    public async Task<bool> Resume(string name, string actor, CancellationToken cancel = default)
    {
        await using var batch = database.Hot.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ResumeSql) { Parameters = { Text(name), Text(actor) } });
        batch.BatchCommands.Add(AlertRows.Close(PayoutAlerts.StoppedCause(name)));
        await batch.ExecuteNonQueryAsync(cancel);
        return batch.BatchCommands[0].RecordsAffected == 1;
    }

    internal async Task Stop(string name, CallOutcome call, CancellationToken cancel)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var stop = new NpgsqlBatchCommand(StopSql)
        {
            Parameters = { Text(name), Text(call.Code), Text(AnswerFields.Short(call.Message, 500) ?? call.Code) },
        };
        await using (var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { stop } })
            await batch.ExecuteNonQueryAsync(cancel);
        // Whoever came second found it stopped already: one alert a stop.
        if (stop.RecordsAffected == 1)
        {
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands = { AlertRows.Upsert([PayoutAlerts.Stopped(name, call)]) },
            };
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>
    /// Comes back when somebody has resumed the downstream. Gives up after a while, so that the caller's owner can see
    /// whether the partition is to be handed over, and asks again if not.
    /// </summary>
    /// <exception cref="TimeoutException">It is still stopped.</exception>
    internal async Task WaitUntilRunning(string name, CancellationToken cancel)
    {
        // What only looks whether somebody did something has no spans.
        Activity.Current = null;
        for (var waited = TimeSpan.Zero; ; waited += Poll)
        {
            await using var command = database.Hot.CreateCommand(StateSql);
            command.Parameters.Add(Text(name));
            if (await command.ExecuteScalarAsync(cancel) is not "STOPPED")
                return;
            if (waited > LongestWait)
                throw new TimeoutException($"Payouts to {name} wait for: settle downstream resume {name}");
            await Task.Delay(Poll, cancel);
        }
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
