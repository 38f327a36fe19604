using System.Diagnostics;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Parked;
using EventSettlement.Messaging.Timers;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>Every transaction made for an owned partition: fence first, what takes locks of others last.</summary>
public sealed class BatchTransactions(NpgsqlDataSource database, IOutgoingWriter outgoing, Wakeup wakeup)
{
    private const string Fence = """
        SELECT 1 FROM consumer_offset WHERE group_id = $1 AND topic = $2 AND partition = $3 AND epoch = $4 FOR UPDATE
        """;

    private const string Move = """
        UPDATE consumer_offset SET next_offset = $5, last_crc = $6, last_time = $7, log_id = $8
        WHERE group_id = $1 AND topic = $2 AND partition = $3 AND epoch = $4
        """;

    private const string StopReading = """
        UPDATE consumer_offset SET stopped = $5
        WHERE group_id = $1 AND topic = $2 AND partition = $3 AND epoch = $4
        """;

    internal async Task<T> RunFenced<T>(
        string group,
        Ownership owned,
        Func<OwnedTransaction, Task<T>> work,
        CancellationToken cancel
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var fence = new NpgsqlCommand(Fence, connection, transaction))
        {
            Add(fence.Parameters, group, owned);
            if (await fence.ExecuteScalarAsync(cancel) is null)
                throw new PartitionLostException(owned.Source, owned.Epoch);
        }

        var open = new OwnedTransaction(connection, transaction, owned.Source, owned.Epoch);
        var answer = await work(open);
        await Finish(group, connection, transaction, open.Parked, open.Sent, cancel);
        return answer;
    }

    internal async Task Complete(
        string group,
        Ownership owned,
        LogRecord last,
        Func<OwnedTransaction, Task> work,
        CancellationToken cancel
    )
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var move = new NpgsqlBatch(connection, transaction))
        {
            move.BatchCommands.Add(MoveTo(group, owned, last));
            if (await move.ExecuteNonQueryAsync(cancel) != 1)
                throw new PartitionLostException(owned.Source, owned.Epoch);
        }

        var open = new OwnedTransaction(connection, transaction, owned.Source, owned.Epoch);
        await work(open);
        await Finish(group, connection, transaction, open.Parked, open.Sent, cancel);
        MessagingMeter.FlushTime.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    internal async Task Complete(
        string group,
        Ownership owned,
        LogRecord last,
        IAsyncEnumerable<QueuedWrites> pieces,
        CancellationToken cancel
    )
    {
        await using var made = pieces.GetAsyncEnumerator(cancel);
        var more = await made.MoveNextAsync();

        // Opened once there is something to write: handling the first records holds neither connection nor lock.
        var started = Stopwatch.GetTimestamp();
        var making = TimeSpan.Zero;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var flush = new BatchFlush(connection, transaction, outgoing, group, owned);
        while (more)
        {
            await flush.Write(made.Current, last, cancel);
            var written = Stopwatch.GetTimestamp();
            more = await made.MoveNextAsync();
            making += Stopwatch.GetElapsedTime(written);
        }

        await flush.Written;
        await Commit(transaction, flush.Parked, flush.Sent, cancel);
        if (flush.SetsEarlyTimer)
            wakeup.Wake([DueMover.Signal]);
        MessagingMeter.FlushTime.Record((Stopwatch.GetElapsedTime(started) - making).TotalSeconds);
    }

    /// <summary>Moves the offset behind the batch; touches no row once somebody else owns it: the fence.</summary>
    internal static NpgsqlBatchCommand MoveTo(string group, Ownership owned, LogRecord last)
    {
        var command = new NpgsqlBatchCommand(Move);
        Add(command.Parameters, group, owned);
        command.Parameters.Add(new() { Value = last.Offset + 1 });
        command.Parameters.Add(new() { Value = RecordCrc.Compute(last) });
        command.Parameters.Add(new() { Value = last.AppendedAt });
        command.Parameters.Add(new() { Value = owned.LogId });
        return command;
    }

    internal async Task Stop(string group, Ownership owned, string reason, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(StopReading);
        Add(command.Parameters, group, owned);
        command.Parameters.Add(new() { Value = reason });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task Finish(
        string group,
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<ParkedRecord> parked,
        IReadOnlyList<OutgoingMessage> sent,
        CancellationToken cancel
    )
    {
        if (parked.Count + sent.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            if (parked.Count > 0)
                batch.BatchCommands.Add(ParkStatement.For(group, parked));
            await outgoing.Queue(batch, sent, cancel);
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await Commit(transaction, parked.Count, sent, cancel);
    }

    private async Task Commit(
        NpgsqlTransaction transaction,
        int parked,
        IReadOnlyList<OutgoingMessage> sent,
        CancellationToken cancel
    )
    {
        CrashPoint.Hit(CrashPoints.BatchHandled);

        // Once COMMIT is on its way it is not given up: a cancelled one would leave both outcomes open.
        cancel.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None);
        CrashPoint.Hit(CrashPoints.OutboxWritten);
        if (parked > 0)
            MessagingMeter.Parked.Add(parked);
        outgoing.Wake(sent);
    }

    private static void Add(NpgsqlParameterCollection parameters, string group, Ownership owned)
    {
        parameters.Add(new() { Value = group });
        parameters.Add(new() { Value = owned.Source.Topic });
        parameters.Add(new() { Value = owned.Source.Partition });
        parameters.Add(new() { Value = owned.Epoch });
    }
}
