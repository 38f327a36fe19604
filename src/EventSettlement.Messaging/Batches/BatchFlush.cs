using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Parked;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>A batch's pieces on their way into its transaction: the fence first, one piece at a time.</summary>
internal sealed class BatchFlush(
    NpgsqlConnection connection,
    NpgsqlTransaction transaction,
    IOutgoingWriter outgoing,
    string group,
    Ownership owned
) : IAsyncDisposable
{
    private readonly List<OutgoingMessage> _sent = [];
    private int _queued;
    private bool _fenced;

    /// <summary>Ends when the last piece that was given is written.</summary>
    public Task Written { get; private set; } = Task.CompletedTask;

    public IReadOnlyList<OutgoingMessage> Sent => _sent;

    public int Parked { get; private set; }

    /// <summary>See <see cref="QueuedWrites.SetsEarlyTimer"/>.</summary>
    public bool SetsEarlyTimer { get; private set; }

    /// <summary>Waits for the piece before, sends this one and does not wait for its answer.</summary>
    /// <param name="last">What the offset moves past; the statement that does it is the fence.</param>
    public async Task Write(QueuedWrites piece, LogRecord last, CancellationToken cancel)
    {
        var batch = new NpgsqlBatch(connection, transaction);
        if (!_fenced)
            batch.BatchCommands.Add(BatchTransactions.MoveTo(group, owned, last));
        foreach (var statement in piece.Statements)
            batch.BatchCommands.Add(statement.Command);
        if (piece.Parked.Count > 0)
            batch.BatchCommands.Add(ParkStatement.For(group, piece.Parked));
        Parked += piece.Parked.Count;
        SetsEarlyTimer |= piece.SetsEarlyTimer;
        _sent.AddRange(piece.Sent);
        if (!piece.MoreFollows || !outgoing.MustComeLast)
        {
            await outgoing.Queue(batch, _sent[_queued..], cancel);
            _queued = _sent.Count;
        }

        await Written;
        if (batch.BatchCommands.Count > 0)
            Written = Execute(batch, _fenced ? null : batch.BatchCommands[0], piece.Statements, cancel);
        _fenced = true;
    }

    /// <summary>The connection is free again when this ends, whatever became of the piece on its way.</summary>
    public async ValueTask DisposeAsync() => await Written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task Execute(
        NpgsqlBatch batch,
        NpgsqlBatchCommand? fence,
        IReadOnlyList<QueuedStatement> statements,
        CancellationToken cancel
    )
    {
        await using (batch)
            await batch.ExecuteNonQueryAsync(cancel);
        if (fence is { RecordsAffected: not 1 })
            throw new PartitionLostException(owned.Source, owned.Epoch);
        foreach (var (command, expected) in statements)
            if (expected is { } rows && command.RecordsAffected != rows)
                throw new UnexpectedRowsException(command.CommandText, rows, command.RecordsAffected);
    }
}
