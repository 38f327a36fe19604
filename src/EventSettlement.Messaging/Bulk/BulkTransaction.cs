using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using Npgsql;

namespace EventSettlement.Messaging.Bulk;

/// <summary>One open transaction, fenced for every partition that its batch has records of.</summary>
public sealed class BulkTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction)
{
    private readonly List<ParkedRecord> _parked = [];

    public IReadOnlyList<ParkedRecord> Parked => _parked;

    /// <summary>See <see cref="OwnedTransaction.Park"/>.</summary>
    public void Park(LogRecord record, string code, string? pointer, string message) =>
        _parked.Add(new ParkedRecord(record, code, pointer, message));

    public NpgsqlCommand Command(string sql) => new(sql, connection, transaction);

    public NpgsqlBatch Batch() => new(connection, transaction);
}
