using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using Npgsql;

namespace EventSettlement.Messaging.Batches;

/// <summary>
/// All that a batch writes, or a piece of it, known before it is written, so that it travels in one round trip:
/// the fence, the statements in order, parked records, and the outgoing rows last.
/// </summary>
public sealed class QueuedWrites
{
    private readonly List<QueuedStatement> _statements = [];
    private readonly List<OutgoingMessage> _sent = [];
    private readonly List<ParkedRecord> _parked = [];

    /// <summary>Another piece of the same batch comes after this one.</summary>
    public bool MoreFollows { get; set; }

    /// <summary>It sets a timer that is due before the movers would look by themselves.</summary>
    public bool SetsEarlyTimer { get; set; }

    public IReadOnlyList<QueuedStatement> Statements => _statements;

    public IReadOnlyList<OutgoingMessage> Sent => _sent;

    public IReadOnlyList<ParkedRecord> Parked => _parked;

    /// <param name="expectedRows">Rows it must touch, else all is rolled back; null where any number is right.</param>
    public void Execute(NpgsqlBatchCommand command, int? expectedRows = null) =>
        _statements.Add(new QueuedStatement(command, expectedRows));

    /// <summary>Leaves with this transaction or not at all.</summary>
    public void Send(OutgoingMessage message) => _sent.Add(message);

    public void Send(IEnumerable<OutgoingMessage> messages) => _sent.AddRange(messages);

    /// <summary>See <see cref="OwnedTransaction.Park"/>.</summary>
    public void Park(LogRecord record, string code, string? pointer, string message) =>
        _parked.Add(new ParkedRecord(record, code, pointer, message));
}

/// <summary>A statement and the rows that it must touch.</summary>
public sealed record QueuedStatement(NpgsqlBatchCommand Command, int? ExpectedRows);

/// <summary>Somebody else wrote the same rows; nothing was committed and the whole batch is run again.</summary>
public sealed class UnexpectedRowsException(string sql, long expected, long touched)
    : Exception($"{touched} rows instead of {expected} were touched by: {sql}");
