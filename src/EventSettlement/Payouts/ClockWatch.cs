using EventSettlement.Messaging.Batches;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Payouts;

/// <summary>
/// Keeps since when the database's clock is known to run steadily, so that no doubt is taken for older than it is: a
/// clock that is put forward would end a quiet period that has not passed. Any number of processes watch together.
/// </summary>
internal sealed class ClockWatch(Database database, ILogger<ClockWatch> logger) : BackgroundService
{
    /// <summary>
    /// Age of the doubt of item i, null without one. It counts from no earlier than the clock runs steadily, and up to
    /// no more than 30 s after somebody saw that it did. Both come of one row, so every reader sees them together.
    /// </summary>
    public const string DoubtAge = """
        CASE WHEN i.doubt_at IS NOT NULL THEN coalesce(
            (SELECT least(clock(), seen_at + interval '30 s') FROM clock_watch)
                - greatest(i.doubt_at, (SELECT steady_since FROM clock_watch)), interval '0') END
        """;

    // A gap is a jump, or nobody was there to see; which of them is not to be told, so either begins anew. The clock is
    // read once, and again if another watcher held the row meanwhile.
    private const string LookSql = """
        UPDATE clock_watch w SET (steady_since, seen_at) = (
            SELECT CASE WHEN now.at - w.seen_at BETWEEN interval '-30 s' AND interval '30 s'
                THEN w.steady_since ELSE now.at END, now.at
            FROM (SELECT clock() AS at) now)
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Sees where the clock stands.</summary>
    public async Task Look(CancellationToken cancel)
    {
        await using var command = database.Hot.CreateCommand(LookSql);
        var rows = await command.ExecuteNonQueryAsync(cancel);
        if (rows != 1)
            throw new UnexpectedRowsException(LookSql, 1, rows);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await ServerLoop.Try(Look, Failed, stoppingToken);
            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Failed(Exception wrong) =>
        logger.LogWarning(wrong, "The database's clock could not be seen; the next try is in {Pause}", Pause);
}
