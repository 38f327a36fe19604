using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>One open, fenced transaction of a partition's owner.</summary>
public sealed class OwnedTransaction(
    NpgsqlConnection connection,
    NpgsqlTransaction transaction,
    TopicPartition source,
    long epoch
)
{
    private readonly List<OutgoingMessage> _sent = [];
    private readonly List<ParkedRecord> _parked = [];

    public NpgsqlConnection Connection { get; } = connection;

    public NpgsqlTransaction Transaction { get; } = transaction;

    public TopicPartition Source { get; } = source;

    public long Epoch { get; } = epoch;

    public IReadOnlyList<OutgoingMessage> Sent => _sent;

    public IReadOnlyList<ParkedRecord> Parked => _parked;

    /// <summary>Leaves with this transaction or not at all.</summary>
    public void Send(OutgoingMessage message) => _sent.Add(message);

    /// <summary>Keeps the record byte for byte with the reason; the batch goes on without it.</summary>
    /// <param name="code">Such as <c>malformed</c>, <c>conflicting_fact</c>; what operators group by.</param>
    /// <param name="pointer">JSON pointer to the field at fault, when there is one.</param>
    public void Park(LogRecord record, string code, string? pointer, string message) =>
        _parked.Add(new ParkedRecord(record, code, pointer, message));

    public NpgsqlCommand Command(string sql) => new(sql, Connection, Transaction);
}

/// <summary>A record and why it could not be handled.</summary>
public sealed record ParkedRecord(LogRecord Record, string Code, string? Pointer, string Message);
