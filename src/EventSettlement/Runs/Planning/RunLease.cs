using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Runs.Planning;

/// <summary>
/// One planner's right to a run. The lease keeps others from starting, the epoch keeps a planner out that lost it
/// without noticing (frozen, cut off): each of its transactions touches the run's row with its epoch first.
/// </summary>
internal sealed record RunLease(
    long Run,
    string Programme,
    long Epoch,
    OwedQuestion Question,
    DateTime? PayAt,
    PlanCeilings Ceilings
)
{
    /// <summary>Acquired in order of age; SKIP LOCKED, because whoever holds the row is acquiring it now.</summary>
    private const string AcquireSql = """
        UPDATE run SET epoch = epoch + 1, lease_until = clock() + interval '5 seconds'
        WHERE run_id = (SELECT run_id FROM run WHERE state = 'PLANNING' AND programme = ANY (@programmes)
                          AND (lease_until IS NULL OR lease_until < clock())
                        ORDER BY run_id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING run_id, programme, epoch, business_date, subject, pay_at, max_item, max_run
        """;

    private const string RenewSql = """
        UPDATE run SET lease_until = clock() + interval '5 seconds'
        WHERE run_id = $1 AND epoch = $2 AND state = 'PLANNING' RETURNING clock()
        """;

    private const string FinishSql = """
        UPDATE run SET state = 'PAYING', planned = true, planned_at = clock(), lease_until = NULL
        WHERE run_id = $1 AND epoch = $2 AND state = 'PLANNING'
        """;

    private const string LeaveSql = "UPDATE run SET lease_until = NULL WHERE run_id = $1 AND epoch = $2";

    /// <param name="programmes">Those that this process can plan.</param>
    /// <returns>Null when there is nothing to plan.</returns>
    public static async Task<RunLease?> Acquire(
        Database database,
        IReadOnlyList<string> programmes,
        CancellationToken cancel
    )
    {
        await using var command = database.Hot.CreateCommand(AcquireSql);
        command.Parameters.Add(
            new NpgsqlParameter("programmes", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = programmes.ToArray() }
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new RunLease(
                row.GetInt64(0),
                row.GetString(1),
                row.GetInt64(2),
                new OwedQuestion(
                    row.GetFieldValue<DateOnly>(3),
                    row.IsDBNull(4) ? null : row.GetString(4),
                    row.GetInt64(0)
                ),
                row.IsDBNull(5) ? null : row.GetDateTime(5),
                new PlanCeilings(row.IsDBNull(6) ? null : row.GetInt64(6), row.IsDBNull(7) ? null : row.GetInt64(7))
            )
            : null;
    }

    /// <summary>First statement of each of the planner's transactions.</summary>
    /// <returns>Now, UTC by the database's clock; null when the run is another's, or stopped.</returns>
    public async Task<DateTime?> Renew(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = Command(RenewSql, connection);
        return await command.ExecuteScalarAsync(cancel) as DateTime?;
    }

    /// <summary>Nothing is left to plan: the run is planned, and with it what its programme closes.</summary>
    public async Task Finish(
        NpgsqlConnection connection,
        IReadOnlyList<NpgsqlBatchCommand> closing,
        CancellationToken cancel
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var command = Command(FinishSql, connection))
            if (await command.ExecuteNonQueryAsync(cancel) == 0)
                return;
        if (closing.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var statement in closing)
                batch.BatchCommands.Add(statement);
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
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
