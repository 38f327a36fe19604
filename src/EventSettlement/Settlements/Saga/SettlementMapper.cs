using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Settlements.Saga;

/// <summary>The table <c>settlement</c>, set-based.</summary>
public sealed class SettlementMapper : ISagaMapper<Settlement>
{
    private const string SelectSettlements = """
        SELECT settlement_id, version, state, programme, subject, period, run_id, downstream, currency, parts, attempt,
               retries_left, include_rejected, held, cancelling, cancel_command, due,
               payable_at, next_retry_at, not_before, timer_token, seq, created_at, updated_at,
               ARRAY(SELECT c.command_id FROM command c
                     WHERE c.settlement_id = s.settlement_id AND c.answered_at IS NOT NULL) AS answered
        FROM settlement s WHERE settlement_id = ANY ($1)
        """;

    private const string InsertSettlements = """
        INSERT INTO settlement
              (settlement_id, version, state, amount, paid_amount, items, paid, failed, rejected, in_doubt, written_off,
               needs_person, parts, attempt, retries_left, include_rejected, held, cancelling, cancel_command, due,
               next_retry_at, not_before, timer_token, seq, updated_at,
               programme, subject, period, run_id, downstream, currency, payable_at, created_at)
        SELECT settlement_id, version + 1, state, amount, paid_amount, items, paid, failed, rejected, in_doubt,
               written_off, needs_person, parts, attempt, retries_left, include_rejected, held, cancelling,
               cancel_command, due, next_retry_at, not_before, timer_token, seq, updated_at,
               programme, subject, period, run_id, downstream, currency, payable_at, created_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                    $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
          AS u (settlement_id, version, state, amount, paid_amount, items, paid, failed, rejected, in_doubt,
                written_off, needs_person, parts, attempt, retries_left, include_rejected, held, cancelling,
                cancel_command, due, next_retry_at, not_before, timer_token, seq, updated_at,
                programme, subject, period, run_id, downstream, currency, payable_at, created_at)
        ON CONFLICT DO NOTHING
        """;

    private const string UpdateSettlements = """
        UPDATE settlement s
        SET version = s.version + 1, state = u.state, amount = u.amount, paid_amount = u.paid_amount, items = u.items,
            paid = u.paid, failed = u.failed, rejected = u.rejected, in_doubt = u.in_doubt, written_off = u.written_off,
            needs_person = u.needs_person, parts = u.parts, attempt = u.attempt, retries_left = u.retries_left,
            include_rejected = u.include_rejected, held = u.held, cancelling = u.cancelling,
            cancel_command = u.cancel_command, due = u.due, next_retry_at = u.next_retry_at, not_before = u.not_before,
            timer_token = u.timer_token, seq = u.seq, updated_at = u.updated_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                    $23, $24, $25)
          AS u (settlement_id, version, state, amount, paid_amount, items, paid, failed, rejected, in_doubt,
                written_off, needs_person, parts, attempt, retries_left, include_rejected, held, cancelling,
                cancel_command, due, next_retry_at, not_before, timer_token, seq, updated_at)
        WHERE s.settlement_id = u.settlement_id AND s.version = u.version
        """;

    public string SelectSql => SelectSettlements;

    public Guid IdOf(Settlement saga) => saga.CorrelationId;

    public Settlement Copy(Settlement saga) => saga.Copy();

    public void Restore(Settlement saga, Settlement copy) => saga.CopyFrom(copy);

    public void CountVersion(Settlement saga) => saga.Version++;

    public NpgsqlBatchCommand Insert(IReadOnlyList<Settlement> sagas) =>
        Changing(InsertSettlements, sagas)
            .Texts(sagas, s => s.Programme)
            .Texts(sagas, s => s.Subject)
            .Texts(sagas, s => s.Period)
            .Bigints(sagas, s => s.RunId)
            .Texts(sagas, s => s.Downstream)
            .Texts(sagas, s => s.Currency)
            .Times(sagas, s => s.PayableAt)
            .Times(sagas, s => s.CreatedAt);

    public NpgsqlBatchCommand Update(IReadOnlyList<Settlement> sagas) => Changing(UpdateSettlements, sagas);

    public Settlement Read(NpgsqlDataReader row) =>
        new()
        {
            CorrelationId = row.GetGuid(0),
            Version = row.GetInt64(1),
            State = row.GetString(2),
            Programme = row.GetString(3),
            Subject = row.GetString(4),
            Period = row.GetString(5),
            RunId = row.GetInt64(6),
            Downstream = row.GetString(7),
            Currency = row.GetString(8),
            Parts = PartState.Read(row.GetString(9)),
            Attempt = row.GetInt32(10),
            RetriesLeft = row.GetInt32(11),
            IncludeRejected = row.GetBoolean(12),
            Held = row.GetBoolean(13),
            Cancelling = row.GetBoolean(14),
            CancelCommand = row.IsDBNull(15) ? null : row.GetGuid(15),
            Due = row.GetBoolean(16),
            PayableAt = row.GetFieldValue<DateTimeOffset>(17),
            NextRetryAt = TimeOrNull(row, 18),
            NotBefore = TimeOrNull(row, 19),
            TimerToken = row.IsDBNull(20) ? null : row.GetGuid(20),
            Seq = row.GetInt32(21),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(22),
            UpdatedAt = row.GetFieldValue<DateTimeOffset>(23),
            AnsweredCommands = row.GetFieldValue<Guid[]>(24),
        };

    private static DateTimeOffset? TimeOrNull(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static NpgsqlBatchCommand Changing(string sql, IReadOnlyList<Settlement> sagas) =>
        new NpgsqlBatchCommand(sql)
            .Uuids(sagas, s => s.CorrelationId)
            .Bigints(sagas, s => s.Version)
            .Texts(sagas, s => s.State)
            .Bigints(sagas, s => s.Amount)
            .Bigints(sagas, s => s.PaidAmount)
            .Integers(sagas, s => s.Items)
            .Integers(sagas, s => s.Paid)
            .Integers(sagas, s => s.Failed)
            .Integers(sagas, s => s.Rejected)
            .Integers(sagas, s => s.InDoubt + s.NeedsPerson)
            .Integers(sagas, s => s.WrittenOff)
            .Integers(sagas, s => s.NeedsPerson)
            .Texts(sagas, s => PartState.Write(s.Parts))
            .Integers(sagas, s => s.Attempt)
            .Integers(sagas, s => s.RetriesLeft)
            .Booleans(sagas, s => s.IncludeRejected)
            .Booleans(sagas, s => s.Held)
            .Booleans(sagas, s => s.Cancelling)
            .Array(sagas, NpgsqlDbType.Uuid, s => s.CancelCommand)
            .Booleans(sagas, s => s.Due)
            .TimesOrNull(sagas, s => s.NextRetryAt)
            .TimesOrNull(sagas, s => s.NotBefore)
            .Array(sagas, NpgsqlDbType.Uuid, s => s.TimerToken)
            .Integers(sagas, s => s.Seq)
            .Times(sagas, s => s.UpdatedAt);
}
