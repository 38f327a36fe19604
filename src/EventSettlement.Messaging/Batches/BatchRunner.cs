using EventSettlement.Messaging.Log;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>
/// Runs batches until they are committed: again after a transient failure, by halves when a record is at fault.
/// </summary>
internal sealed class BatchRunner(
    string group,
    IBatchConsumer consumer,
    BatchTransactions transactions,
    Ownership owned,
    ILogger log
)
{
    private const int TriesAlone = 3;
    private const int TriesOfConflict = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public async Task Run(
        IReadOnlyList<LogRecord> records,
        Action<long> committed,
        Func<bool> leaving,
        CancellationToken cancel
    )
    {
        var pause = FirstPause;
        for (var tries = 1; ; tries++)
        {
            cancel.ThrowIfCancellationRequested();
            var failure = await Try(records, leaving, cancel);
            if (failure is null)
            {
                committed(records[^1].Offset + 1);
                return;
            }

            if (
                IsTransient(failure)
                || failure is UnexpectedRowsException && tries < TriesOfConflict
                || records.Count == 1 && tries < TriesAlone
            )
            {
                log.LogWarning(
                    failure,
                    "{Group} tries {Count} messages of {Source} again",
                    group,
                    records.Count,
                    owned.Source
                );
                await Task.Delay(pause, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                if (leaving())
                    throw new OperationCanceledException($"{owned.Source} is released before its batch could be done");
                continue;
            }

            if (records.Count == 1)
            {
                await Park(records[0], failure, committed, leaving, cancel);
                return;
            }

            var half = records.Count / 2;
            await Run([.. records.Take(half)], committed, leaving, cancel);
            await Run([.. records.Skip(half)], committed, leaving, cancel);
            return;
        }
    }

    private async Task<Exception?> Try(IReadOnlyList<LogRecord> records, Func<bool> leaving, CancellationToken cancel)
    {
        var batch = new LaneBatch(group, owned, records, transactions, leaving);
        using var activity = BatchTrace.Start(group, batch);
        try
        {
            await consumer.Consume(batch, cancel);
            return batch.Completed
                ? null
                : new InvalidOperationException($"{consumer.GetType().Name} ended without completing its batch");
        }
        catch (PartitionLostException)
        {
            throw;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure) when (!batch.Completed)
        {
            return failure;
        }
    }

    private async Task Park(
        LogRecord record,
        Exception failure,
        Action<long> committed,
        Func<bool> leaving,
        CancellationToken cancel
    )
    {
        var code = failure is PostgresException refused ? "refused_" + refused.SqlState : "handler_failed";
        log.LogError(failure, "{Group} parks {Source} offset {Offset}", group, record.Source, record.Offset);
        var parking = new BatchRunner(group, new Parking(code, failure.Message), transactions, owned, log);
        if (consumer is Parking)
        {
            // What cannot even be parked stops the partition: nothing is dropped.
            await transactions.Stop(
                group,
                owned,
                $"offset {record.Offset} can neither be handled nor parked: {failure.Message}",
                cancel
            );
            throw new PartitionLostException(owned.Source, owned.Epoch);
        }

        await parking.Run([record], committed, leaving, cancel);
    }

    /// <summary>Not the record's fault: waiting helps, and parking would be wrong however long it lasts.</summary>
    private static bool IsTransient(Exception failure) =>
        failure switch
        {
            PostgresException refused => !IsDataError(refused.SqlState),
            NpgsqlException or IOException or TimeoutException or HttpRequestException => true,
            OperationCanceledException => true,
            _ => failure.InnerException is { } inner && IsTransient(inner),
        };

    /// <summary>Data and integrity violations, and what our own triggers raise.</summary>
    private static bool IsDataError(string state) =>
        state.StartsWith("22", StringComparison.Ordinal)
        || state.StartsWith("23", StringComparison.Ordinal)
        || state == PostgresErrorCodes.RaiseException;

    private sealed class Parking(string code, string message) : IBatchConsumer
    {
        public Task Consume(OwnedBatch batch, CancellationToken cancel)
        {
            var writes = new QueuedWrites();
            writes.Park(batch.Records[0], code, null, message);
            return batch.Complete(writes, cancel);
        }
    }
}
