using EventSettlement.Messaging.Log;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>Leaves messages in the outbox for the relay; where the log is Kafka.</summary>
public sealed class OutboxWriter(NpgsqlDataSource database, Wakeup wakeup) : IOutgoingWriter
{
    /// <summary>Fixed in the database: a key's messages keep their order only within one shard.</summary>
    public const int Shards = 16;

    /// <summary>Name under which the relay is woken.</summary>
    public const string Signal = "outbox";

    private const string Insert = """
        INSERT INTO outbox (shard, topic, msg_key, body, headers)
        SELECT w.shard, w.topic, w.msg_key, w.body, w.headers
        FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS w(shard, topic, msg_key, body, headers, i) ORDER BY w.i
        """;

    public bool MustComeLast => false;

    public ValueTask Queue(NpgsqlBatch batch, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancel)
    {
        if (messages.Count == 0)
            return ValueTask.CompletedTask;
        var command = new NpgsqlBatchCommand(Insert);
        Array(messages.Select(message => ShardOf(message.Key)).ToArray(), NpgsqlDbType.Smallint);
        Array(messages.Select(message => message.Topic).ToArray(), NpgsqlDbType.Text);
        Array(messages.Select(message => message.Key).ToArray(), NpgsqlDbType.Bytea);
        Array(messages.Select(message => message.Body).ToArray(), NpgsqlDbType.Bytea);
        Array(messages.Select(message => message.Headers.Text).ToArray(), NpgsqlDbType.Text);
        batch.BatchCommands.Add(command);
        return ValueTask.CompletedTask;

        void Array<T>(T[] values, NpgsqlDbType type) =>
            command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    public void Wake(IReadOnlyCollection<OutgoingMessage> messages)
    {
        if (messages.Count > 0)
            wakeup.Wake([Signal]);
    }

    public async Task<long> CountWaiting(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM outbox");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static short ShardOf(byte[]? key) =>
        key is null ? (short)Random.Shared.Next(Shards) : (short)(StableHash.Compute(key) % Shards);
}
