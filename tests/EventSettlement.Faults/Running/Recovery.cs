using System.Diagnostics;
using EventSettlement.Faults.Injection.Network;
using EventSettlement.Faults.World;
using Npgsql;

namespace EventSettlement.Faults.Running;

/// <summary>How long it takes after healing until every part moves again.</summary>
internal static class Recovery
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(110);

    // What was under way when all was well again has moved on: attempts ended, messages sent, timers fired.
    private const string MovedSql = """
        SELECT NOT EXISTS (SELECT 1 FROM settlement WHERE state = 'PROCESSING' AND updated_at < $1)
           AND NOT EXISTS (SELECT 1 FROM settlement s WHERE state = 'AWAITING_RETRY' AND next_retry_at < $1)
           AND NOT EXISTS (SELECT 1 FROM settlement_request r WHERE created_at < $1
               AND NOT EXISTS (SELECT 1 FROM settlement s WHERE s.settlement_id = r.settlement_id))
           AND NOT EXISTS (SELECT 1 FROM scheduled_message WHERE due_at < $1)
        """;

    /// <param name="clock">Runs since all was healed.</param>
    /// <returns>Seconds, or null where the limit came first.</returns>
    public static async Task<double?> Measure(NpgsqlDataSource database, Func<Task<bool>> probeTaken, Stopwatch clock)
    {
        DateTime? healed = null;
        var probed = await Waiting.Until(Limit, () => Asked(probeTaken));
        var moved = probed is null
            ? null
            : await Waiting.Until(
                Limit - clock.Elapsed,
                () =>
                    Asked(async () =>
                    {
                        await using var command = database.CreateCommand(MovedSql);
                        healed ??= (DateTime)(await Now(database))!;
                        command.Parameters.AddWithValue(healed.Value);
                        return (bool)(await command.ExecuteScalarAsync())!;
                    })
            );
        return moved is null ? null : clock.Elapsed.TotalSeconds;
    }

    private static async Task<object?> Now(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT clock()");
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Our own connections die with a killed server too.</summary>
    private static async Task<bool> Asked(Func<Task<bool>> question)
    {
        try
        {
            return await question();
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
