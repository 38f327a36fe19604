using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Runs;

/// <summary>Runs to look at.</summary>
public sealed class RunQueries(Database database)
{
    private const string Columns = """
        run_id, programme, business_date, kind, seq, state, pay_at, actor, planned, created_at, planned_at,
            finished_at, stop_reason
        """;

    private const string ListSql = $"""
        SELECT {Columns} FROM run WHERE run_id < @before ORDER BY run_id DESC LIMIT @limit
        """;

    private const string ShowSql = $"SELECT {Columns} FROM run WHERE run_id = @run";

    private const string TotalsSql = """
        SELECT state, sum(settlements)::bigint, sum(items)::bigint, sum(amount)
        FROM run_progress WHERE run_id = @run GROUP BY state ORDER BY state
        """;

    private const string NextRetrySql = """
        SELECT min(next_retry_at) FROM settlement WHERE run_id = @run AND state = 'AWAITING_RETRY'
        """;

    private const string WaitsSql = """
        SELECT (SELECT count(*) FROM settlement
                WHERE run_id = @run AND held AND state IN ('PENDING', 'PROCESSING', 'AWAITING_RETRY')),
            (SELECT string_agg(name, ', ' ORDER BY name) FROM downstream WHERE state = 'STOPPED')
        """;

    private const string UnfinishedSql = """
        SELECT run_id FROM run WHERE programme = $1 AND state IN ('PLANNING', 'PAYING')
        """;

    /// <summary>Newest first.</summary>
    /// <param name="before">The run id after which the last page ended; null = from the newest.</param>
    public async Task<IReadOnlyList<Run>> List(int limit, long? before, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(ListSql);
        command.Parameters.AddWithValue("before", before ?? long.MaxValue);
        command.Parameters.AddWithValue("limit", limit);
        var runs = new List<Run>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            runs.Add(Read(reader));
        return runs;
    }

    /// <returns>Null when there is no such run.</returns>
    public async Task<RunView?> Show(long run, CancellationToken cancel)
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        await using var show = Command(connection, ShowSql, run);
        Run found;
        await using (var reader = await show.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return null;
            found = Read(reader);
        }

        var totals = await ReadTotals(connection, run, cancel);
        var retrying = totals.SingleOrDefault(t => t.State == "AWAITING_RETRY")?.Settlements ?? 0;
        var next = retrying > 0 ? await ReadNextRetry(connection, run, cancel) : null;
        var (held, stopped) = found.State is RunStates.Planning or RunStates.Paying
            ? await ReadWaits(connection, run, cancel)
            : (0, null);
        return new RunView(found, totals, retrying, next, held, stopped);
    }

    /// <returns>The one run of the programme that holds up the next one; null when none does.</returns>
    public async Task<RunView?> ShowUnfinished(string programme, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(UnfinishedSql);
        command.Parameters.AddWithValue(programme);
        return await command.ExecuteScalarAsync(cancel) is long run ? await Show(run, cancel) : null;
    }

    private static async Task<(long Held, string? Stopped)> ReadWaits(
        NpgsqlConnection connection,
        long run,
        CancellationToken cancel
    )
    {
        await using var command = Command(connection, WaitsSql, run);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1));
    }

    private static async Task<List<RunTotals>> ReadTotals(
        NpgsqlConnection connection,
        long run,
        CancellationToken cancel
    )
    {
        await using var command = Command(connection, TotalsSql, run);
        var totals = new List<RunTotals>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            totals.Add(
                new RunTotals(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetDecimal(3))
            );
        return totals;
    }

    private static async Task<DateTime?> ReadNextRetry(NpgsqlConnection connection, long run, CancellationToken cancel)
    {
        await using var command = Command(connection, NextRetrySql, run);
        return await command.ExecuteScalarAsync(cancel) as DateTime?;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, long run) =>
        new(sql, connection) { Parameters = { new NpgsqlParameter("run", NpgsqlDbType.Bigint) { Value = run } } };

    private static Run Read(NpgsqlDataReader r) =>
        new(
            r.GetInt64(0),
            r.GetString(1),
            r.GetFieldValue<DateOnly>(2),
            r.GetString(3),
            r.GetInt32(4),
            r.GetString(5),
            r.IsDBNull(6) ? null : r.GetDateTime(6),
            r.GetString(7),
            r.GetBoolean(8),
            r.GetDateTime(9),
            r.IsDBNull(10) ? null : r.GetDateTime(10),
            r.IsDBNull(11) ? null : r.GetDateTime(11),
            r.IsDBNull(12) ? null : r.GetString(12)
        );
}
