using EventSettlement.Messaging.Outgoing;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.IntegrationTests.Doubles;

/// <summary>Keeps what is sent in the outbox, where a test can count it.</summary>
internal sealed class OutboxRows : IOutgoingWriter
{
    public long Waiting { get; set; }

    public async Task Write(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<OutgoingMessage> messages,
        CancellationToken cancel
    )
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        await Queue(batch, messages, cancel);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    public ValueTask Queue(NpgsqlBatch batch, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancel)
    {
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(
                "INSERT INTO outbox (shard, topic, msg_key, body, headers) SELECT 0, * FROM unnest($1, $2, $3, $4)"
            )
            {
                Parameters =
                {
                    Array(NpgsqlDbType.Text, messages.Select(m => m.Topic)),
                    Array(NpgsqlDbType.Bytea, messages.Select(m => m.Key)),
                    Array(NpgsqlDbType.Bytea, messages.Select(m => m.Body)),
                    Array(NpgsqlDbType.Text, messages.Select(m => m.Headers.Text)),
                },
            }
        );
        return ValueTask.CompletedTask;
    }

    public void Wake(IReadOnlyCollection<OutgoingMessage> messages) { }

    public Task<long> CountWaiting(CancellationToken cancel) => Task.FromResult(Waiting);

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };
}
