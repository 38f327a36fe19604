using EventSettlement.Messaging.Outgoing;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.IntegrationTests.Doubles;

/// <summary>Keeps what is sent in the outbox, where a test can count it.</summary>
internal sealed class OutboxRows : IOutgoingWriter
{
    public long Waiting { get; set; }

    public async Task Write(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO outbox (shard, topic, msg_key, body, headers) SELECT 0, * FROM unnest(@topic, @key, @body, @headers)",
            connection, transaction);
        Add(command, "topic", NpgsqlDbType.Text, messages.Select(m => m.Topic));
        Add(command, "key", NpgsqlDbType.Text, messages.Select(m => m.Key));
        Add(command, "body", NpgsqlDbType.Bytea, messages.Select(m => m.Body));
        Add(command, "headers", NpgsqlDbType.Text, messages.Select(m => m.Headers.Text));
        await command.ExecuteNonQueryAsync(cancel);
    }

    public void Wake(IReadOnlyCollection<OutgoingMessage> messages)
    {
    }

    public Task<long> CountWaiting(CancellationToken cancel) => Task.FromResult(Waiting);

    private static void Add<T>(NpgsqlCommand command, string name, NpgsqlDbType type, IEnumerable<T> values) =>
        command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = values.ToArray() });
}
