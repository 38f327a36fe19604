using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using Npgsql;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>A batch over a real connection, fenced by one row, without a log behind it.</summary>
internal sealed class OwnedTestBatch(NpgsqlDataSource database, long epoch, IReadOnlyList<LogRecord> records)
    : OwnedBatch
{
    public override TopicPartition Source => new("payouts.member", 0);

    public override long Epoch => epoch;

    public override IReadOnlyList<LogRecord> Records => records;

    public OwnedTransaction? Done { get; private set; }

    /// <summary>Fails the last transaction once, after everything was written.</summary>
    public Exception? FailsWith { get; set; }

    public static Task Own(NpgsqlDataSource database, long epoch) =>
        Execute(
            database,
            $"""
            INSERT INTO consumer_offset (group_id, topic, partition, epoch, next_offset)
            VALUES ('payouts.member', 'payouts.member', 0, {epoch}, 0)
            ON CONFLICT (group_id, topic, partition) DO UPDATE SET epoch = {epoch}
            """
        );

    public override async Task<T> InTransaction<T>(Func<OwnedTransaction, Task<T>> work, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var owned = new OwnedTransaction(connection, transaction, Source, epoch);
        await Fence(owned, cancel);
        var answer = await work(owned);
        await transaction.CommitAsync(cancel);
        return answer;
    }

    public override Task Complete(Func<OwnedTransaction, Task> work, CancellationToken cancel) =>
        InTransaction(
            async t =>
            {
                await work(t);
                if (FailsWith is { } failure)
                    throw failure;
                return Done = t;
            },
            cancel
        );

    public override Task Complete(IAsyncEnumerable<QueuedWrites> pieces, CancellationToken cancel) =>
        throw new NotSupportedException();

    private async Task Fence(OwnedTransaction transaction, CancellationToken cancel)
    {
        await using var fence = transaction.Command(
            "UPDATE consumer_offset SET next_offset = next_offset WHERE epoch = $1"
        );
        fence.Parameters.Add(new NpgsqlParameter { Value = epoch });
        if (await fence.ExecuteNonQueryAsync(cancel) != 1)
            throw new PartitionLostException(Source, epoch);
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
