using EventSettlement.Messaging.Sagas;
using Npgsql;

namespace EventSettlement.Alerts;

/// <summary>Alerts that a saga raises, in the transaction of its batch.</summary>
public sealed class AlertTable : ISideTable<Alert>
{
    public NpgsqlBatchCommand Write(IReadOnlyList<Alert> rows) => AlertRows.Upsert(rows);
}
