using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Timers;

/// <summary>
/// Sends scheduled messages that are due by the database's clock and deletes their rows in the same transaction, so
/// each fires once however many movers run; a row that another transaction cancels or moves is skipped.
/// </summary>
public sealed class DueMover(
    NpgsqlDataSource database,
    Wakeup wakeup,
    IOutgoingWriter outgoing,
    MessagingOptions options,
    ILogger<DueMover> log
)
{
    /// <summary>Name under which movers are woken for a timer that is due before they would look again.</summary>
    public const string Signal = "timers";

    /// <summary>How long movers may not have looked: a timer that is due later needs no <see cref="Signal"/>.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private const int MostAtOnce = 500;

    // Of what is due and yet not moved: another mover has it, or the clock is not to be trusted.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private readonly ClockGuard _clock = new();
    private TimeSpan _untilNext = Longest;

    private const string Look = "SELECT clock(), (SELECT min(due_at) FROM scheduled_message), clock_shift()";

    // Due by the time that the guard has seen: of a clock that jumps after that nothing gets here.
    // The array is made once; as a join PostgreSQL may choose and lock anew for each row of the table.
    private const string TakeDue = """
        DELETE FROM scheduled_message WHERE id = ANY (ARRAY(
            SELECT id FROM scheduled_message WHERE due_at <= $2 ORDER BY due_at LIMIT $1
            FOR UPDATE SKIP LOCKED))
        RETURNING due_at, topic, msg_key, body, headers
        """;

    public async Task Run(CancellationToken cancel)
    {
        using var woken = wakeup.Subscribe([Signal]);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var next = woken.Next;
                if (await MoveDue(cancel) == MostAtOnce)
                    continue;
                await Wakeup.Subscription.Wait(next, _untilNext, cancel);
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

    /// <summary>Answers how many fired; none while the clock is not to be trusted.</summary>
    public async Task<int> MoveDue(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await ReadSteadyTime(connection, cancel) is not { } now)
            return 0;
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var due = await DeleteDue(connection, transaction, now, cancel);
        if (due.Count == 0)
            return 0;
        CrashPoint.Hit(CrashPoints.TimerClaimed);
        await outgoing.Write(connection, transaction, due, cancel);
        await transaction.CommitAsync(CancellationToken.None);
        CrashPoint.Hit(CrashPoints.TimerFired);
        MessagingMeter.TimersFired.Add(due.Count);
        outgoing.Wake(due);
        return due.Count;
    }

    private static async Task<List<OutgoingMessage>> DeleteDue(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        DateTime now,
        CancellationToken cancel
    )
    {
        var due = new List<(DateTime At, OutgoingMessage Message)>();
        await using var command = new NpgsqlCommand(TakeDue, connection, transaction);
        command.Parameters.Add(new() { Value = MostAtOnce });
        command.Parameters.Add(new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            due.Add(
                (
                    row.GetDateTime(0),
                    new OutgoingMessage(
                        row.GetString(1),
                        row.IsDBNull(2) ? null : row.GetString(2),
                        row.GetFieldValue<byte[]>(3),
                        new HeaderMap(row.GetString(4))
                    )
                )
            );
        return [.. due.OrderBy(one => one.At).Select(one => one.Message)];
    }

    /// <summary>The database's time; null while timers pause or none is due.</summary>
    private async Task<DateTime?> ReadSteadyTime(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Look, connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        var now = row.GetDateTime(0);
        var wait = await row.IsDBNullAsync(1, cancel) ? Longest : row.GetDateTime(1) - now;
        _untilNext =
            wait > Longest ? Longest
            : wait < Shortest ? Shortest
            : wait;
        // A desk's time is put elsewhere on purpose: that is no jump.
        if (_clock.Observe(now - row.GetTimeSpan(2), ClockGuard.Monotonic()) is { } jump)
            options.OnAlert(
                "clock_jumped",
                "database clock",
                $"The database's clock moved {jump.TotalSeconds:F0} s against this process's own; timers pause.",
                "Check the time of the database host; timers go on by themselves when it runs steadily for a minute."
            );
        if (!_clock.Paused)
            return wait > TimeSpan.Zero ? null : now;
        _untilNext = Longest;
        return null;
    }
}
