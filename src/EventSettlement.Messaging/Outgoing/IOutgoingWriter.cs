using Npgsql;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>
/// Writes messages into the caller's transaction: as outbox rows when the log is Kafka, straight into the log's tables
/// when it is PostgreSQL. Used by the flush, the API, the planner and the due mover alike.
/// </summary>
public interface IOutgoingWriter
{
    /// <summary>
    /// Whether its rows take locks that are held until COMMIT, so that nothing may come after them. Who writes through
    /// this interface goes by the stricter case.
    /// </summary>
    bool MustComeLast => true;

    /// <summary>Call last before COMMIT: the PostgreSQL log numbers its rows under locks held until then.</summary>
    async Task Write(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<OutgoingMessage> messages,
        CancellationToken cancel
    )
    {
        if (messages.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection, transaction);
        await Queue(batch, messages, cancel);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The same as the last statements of a batch that the caller runs before its COMMIT.</summary>
    ValueTask Queue(NpgsqlBatch batch, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancel);

    /// <summary>Call after COMMIT: wakes whoever waits for these topics (a relay, or readers).</summary>
    void Wake(IReadOnlyCollection<OutgoingMessage> messages);

    /// <summary>Messages written and not yet in the log (always 0 where they are written straight into it).</summary>
    Task<long> CountWaiting(CancellationToken cancel);
}
