using Npgsql;

namespace EventSettlement.Platform;

/// <summary>
/// The two pools. Hot statements run with the planner pinned to index scans: with fresh statistics PostgreSQL would
/// choose sequential scans for set-based updates and be four times slower.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private const string PinnedPlanner =
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
        + "-c plan_cache_mode=force_generic_plan -c jit=off";

    // A frozen process in the middle of a transaction holds the fence and the heads of the log: PostgreSQL ends it, or
    // nobody could take over and every appender would wait.
    private const string FrozenTransactionsEnd = " -c idle_in_transaction_session_timeout=5s";

    public Database(string connectionString)
    {
        var hot = DatabaseSession.Of(connectionString, "settle", PinnedPlanner + FrozenTransactionsEnd);
        (hot.MaxAutoPrepare, hot.AutoPrepareMinUsages) = (200, 2);
        Hot = hot.Watched();
        Reads = DatabaseSession.Of(connectionString, "settle reads").Watched();
    }

    /// <summary>For the ways of money: consumers, planner, commands.</summary>
    public NpgsqlDataSource Hot { get; }

    /// <summary>For lists, pages and counts.</summary>
    public NpgsqlDataSource Reads { get; }

    /// <summary>Whether it takes changes; false = it is a standby, or somebody keeps it from changing.</summary>
    public async Task<bool> MayWrite(CancellationToken cancel)
    {
        await using var ask = Hot.CreateCommand("SELECT NOT current_setting('transaction_read_only')::boolean");
        return (bool)(await ask.ExecuteScalarAsync(cancel))!;
    }

    public async ValueTask DisposeAsync()
    {
        await Hot.DisposeAsync();
        await Reads.DisposeAsync();
    }
}
