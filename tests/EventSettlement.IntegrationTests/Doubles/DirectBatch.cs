using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using Npgsql;

namespace EventSettlement.IntegrationTests.Doubles;

/// <summary>
/// A batch straight on a connection, without a log: what a consumer does is committed, what it parks is kept.
/// </summary>
internal sealed class DirectBatch(NpgsqlDataSource database, TopicPartition source, IReadOnlyList<LogRecord> records)
    : OwnedBatch
{
    public List<ParkedRecord> Parked { get; } = [];

    public override TopicPartition Source => source;

    public override long Epoch => 1;

    public override IReadOnlyList<LogRecord> Records => records;

    public static DirectBatch Of(NpgsqlDataSource database, int partition, long offset, params byte[]?[] bodies)
    {
        var source = new TopicPartition("study-completed", partition);
        return new DirectBatch(
            database,
            source,
            [
                .. bodies.Select(
                    (body, i) => new LogRecord(source, offset + i, null, body, HeaderMap.Empty, DateTime.UtcNow)
                ),
            ]
        );
    }

    public override async Task<T> InTransaction<T>(Func<OwnedTransaction, Task<T>> work, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var owned = new OwnedTransaction(connection, transaction, source, Epoch);
        var result = await work(owned);
        await transaction.CommitAsync(cancel);
        Parked.AddRange(owned.Parked);
        return result;
    }

    public override Task Complete(Func<OwnedTransaction, Task> work, CancellationToken cancel) =>
        InTransaction(
            async owned =>
            {
                await work(owned);
                return 0;
            },
            cancel
        );

    public override Task Complete(IAsyncEnumerable<QueuedWrites> pieces, CancellationToken cancel) =>
        throw new NotSupportedException();
}
