using System.Diagnostics;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Parked;
using Npgsql;

namespace EventSettlement.Messaging.Bulk;

/// <summary>The transaction of a bulk batch: every partition's fence first, its own rows, what is parked.</summary>
public sealed class BulkTransactions(NpgsqlDataSource database)
{
    /// <exception cref="PartitionLostException">Of one partition; nothing was written, of none of them.</exception>
    internal async Task Complete(
        string group,
        IReadOnlyList<BulkPosition> positions,
        IBulkBatch batch,
        CancellationToken cancel
    )
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var move = new NpgsqlBatch(connection, transaction))
        {
            foreach (var (owned, last) in positions)
                move.BatchCommands.Add(BatchTransactions.MoveTo(group, owned, last));
            await move.ExecuteNonQueryAsync(cancel);
            for (var i = 0; i < positions.Count; i++)
                if (move.BatchCommands[i].RecordsAffected != 1)
                    throw new PartitionLostException(positions[i].Owned.Source, positions[i].Owned.Epoch);
        }

        var open = new BulkTransaction(connection, transaction);
        await batch.Write(open, cancel);
        if (open.Parked.Count > 0)
        {
            await using var park = new NpgsqlBatch(connection, transaction);
            park.BatchCommands.Add(ParkStatement.For(group, open.Parked));
            await park.ExecuteNonQueryAsync(cancel);
        }

        // Once COMMIT is on its way it is not given up: a cancelled one would leave both outcomes open.
        cancel.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None);
        if (open.Parked.Count > 0)
            MessagingMeter.Parked.Add(open.Parked.Count);
        MessagingMeter.FlushTime.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}

/// <summary>How far a batch moves the offset of a partition.</summary>
/// <param name="Last">What it moves past.</param>
internal sealed record BulkPosition(Ownership Owned, Log.LogRecord Last);
