using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Settlements.Saga;

/// <summary>Appends to <c>settlement_history</c>.</summary>
public sealed class HistoryTable : ISideTable<HistoryRow>
{
    private const string InsertHistory = """
        INSERT INTO settlement_history (settlement_id, seq, from_state, to_state, cause, actor, reason, attempt, at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    public NpgsqlBatchCommand Write(IReadOnlyList<HistoryRow> rows) =>
        new NpgsqlBatchCommand(InsertHistory)
            .Uuids(rows, r => r.SettlementId)
            .Integers(rows, r => r.Seq)
            .Texts(rows, r => r.FromState)
            .Texts(rows, r => r.ToState)
            .Texts(rows, r => r.Cause)
            .Texts(rows, r => r.Actor)
            .Texts(rows, r => r.Reason)
            .Integers(rows, r => r.Attempt)
            .Times(rows, r => r.At);
}
