using EventSettlement.Contracts;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Runs.Planning;

/// <summary>
/// One planner's right to a run. The lease keeps others from starting, the epoch keeps a planner out that lost it
/// without noticing (frozen, cut off): each of its transactions touches the run's row with its epoch first.
/// </summary>
internal sealed record RunLease(long Run, long Epoch, DateOnly Date, DateTime? PayAt)
{
    /// <summary>Taken in order of age; SKIP LOCKED, because whoever holds the row is taking it now.</summary>
    private const string TakeSql = """
        UPDATE run SET epoch = epoch + 1, lease_until = clock() + interval '5 seconds'
        WHERE run_id = (SELECT run_id FROM run WHERE state = 'PLANNING' AND programme = @programme
                          AND (lease_until IS NULL OR lease_until < clock())
                        ORDER BY run_id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING run_id, epoch, business_date, pay_at
        """;

    private const string HoldSql = """
        UPDATE run SET lease_until = clock() + interval '5 seconds', planned_until = coalesce($3, planned_until)
        WHERE run_id = $1 AND epoch = $2 AND state = 'PLANNING' RETURNING clock()
        """;

    private const string FinishSql = """
        UPDATE run SET state = 'PAYING', planned = true, planned_at = clock(), lease_until = NULL
        WHERE run_id = $1 AND epoch = $2 AND state = 'PLANNING'
        """;

    private const string LeaveSql = "UPDATE run SET lease_until = NULL WHERE run_id = $1 AND epoch = $2";

    /// <returns>Null when there is nothing to plan.</returns>
    public static async Task<RunLease?> Take(Database database, CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(TakeSql);
        command.Parameters.AddWithValue("programme", Programmes.StudyRefund);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new RunLease(
                reader.GetInt64(0),
                reader.GetInt64(1),
                reader.GetFieldValue<DateOnly>(2),
                reader.IsDBNull(3) ? null : reader.GetDateTime(3)
            )
            : null;
    }

    /// <summary>First statement of each of the planner's transactions.</summary>
    /// <param name="until">The last study of the chunk; null keeps the place.</param>
    /// <returns>Now, UTC by the database's clock; null when the run is another's, or stopped.</returns>
    public async Task<DateTime?> Hold(NpgsqlConnection connection, string? until, CancellationToken cancel)
    {
        await using var command = Command(HoldSql, connection);
        command.Parameters.Add(
            new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = until ?? (object)DBNull.Value }
        );
        return await command.ExecuteScalarAsync(cancel) as DateTime?;
    }

    /// <summary>Nothing is left to plan.</summary>
    public async Task Finish(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = Command(FinishSql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Lets another planner go on at once.</summary>
    public async Task Leave(Database database, CancellationToken cancel)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var command = Command(LeaveSql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(string sql, NpgsqlConnection connection) =>
        new(sql, connection)
        {
            Parameters =
            {
                new() { Value = Run },
                new() { Value = Epoch },
            },
        };
}
