using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSettlement.Messaging.Timers;

/// <summary>
/// Sends scheduled messages that are due by the database's clock and deletes their rows in the same transaction, so
/// each fires once however many movers run; a row that another transaction cancels or moves is skipped.
/// </summary>
public sealed class DueMover(
    NpgsqlDataSource database, IOutgoingWriter outgoing, MessagingOptions options, ILogger<DueMover> log)
{
    private const int MostAtOnce = 500;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private readonly ClockGuard _clock = new();

    // The sub-select makes the clock a constant of the statement: a volatile call in the condition cannot use the
    // index. The array is made once; as a join PostgreSQL may choose and lock anew for each row of the table.
    private static readonly string TakeDue = WithBug("""
        DELETE FROM scheduled_message WHERE id = ANY (ARRAY(
            SELECT id FROM scheduled_message WHERE due_at <= (SELECT clock()) ORDER BY due_at LIMIT $1
            FOR UPDATE SKIP LOCKED))
        RETURNING due_at, topic, msg_key, body, headers
        """);

    public async Task Run(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (await IsSteady(cancel) && await MoveDue(cancel) == MostAtOnce)
                    continue;
                await Task.Delay(Poll, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                log.LogWarning(failure, "Due timers could not be moved; tried again");
                await Task.Delay(AfterFailure, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    /// <summary>Answers how many fired.</summary>
    public async Task<int> MoveDue(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var due = await Take(connection, transaction, cancel);
        if (due.Count == 0)
            return 0;
        CrashPoint.Hit("K17");
        await outgoing.Write(connection, transaction, due, cancel);
        await transaction.CommitAsync(CancellationToken.None);
        CrashPoint.Hit("K18");
        MessagingMeter.TimersFired.Add(due.Count);
        outgoing.Wake(due);
        return due.Count;
    }

    private static async Task<List<OutgoingMessage>> Take(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        var due = new List<(DateTime At, OutgoingMessage Message)>();
        await using var command = new NpgsqlCommand(TakeDue, connection, transaction);
        command.Parameters.Add(new() { Value = MostAtOnce });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            due.Add((row.GetDateTime(0), new OutgoingMessage(
                row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetFieldValue<byte[]>(3),
                HeadersOf(row.GetString(4)))));
        return [.. due.OrderBy(one => one.At).Select(one => one.Message)];
    }

    private static string WithBug(string sql) => Planted.Bug("wall-clock")
        ? sql.Replace("(SELECT clock())", "(SELECT clock_timestamp())", StringComparison.Ordinal)
        : sql;

    /// <summary>Without its token a timer cannot be told from one that was taken back.</summary>
    private static HeaderMap HeadersOf(string text) => new(Planted.Bug("cancelled-fires")
        ? text.Replace("MT-Scheduling-TokenId", "Not-Looked-At", StringComparison.Ordinal)
        : text);

    private async Task<bool> IsSteady(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT clock()");
        var now = (DateTime)(await command.ExecuteScalarAsync(cancel))!;
        if (_clock.Observe(now, ClockGuard.Monotonic()) is { } jump)
            options.OnAlert("clock_jumped", "database clock",
                $"The database's clock moved {jump.TotalSeconds:F0} s against this process's own; timers pause.",
                "Check the time of the database host; timers go on by themselves when it runs steadily for a minute.");
        return !_clock.Paused;
    }
}
