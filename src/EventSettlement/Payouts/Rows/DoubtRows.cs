using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Payouts.Rows;

/// <summary>The resolver's agenda and what it writes to items.</summary>
internal static class DoubtRows
{
    // Whoever takes a row puts its next turn off in the same statement, so several resolvers never ask for the same.
    // Only a FAILED settlement's doubts are asked for: before that its next attempt asks.
    // The agenda is never joined: of a table that was empty when it was last vacuumed PostgreSQL expects one row, and
    // compares each row that waits with each that is wanted.
    private const string TakeSql = $"""
        WITH taken AS (
            UPDATE doubt d SET (asked, next_ask_at) = (
                SELECT d.asked + CASE WHEN failed THEN 1 ELSE 0 END, clock() + CASE WHEN failed
                    THEN ($2::interval[])[least(d.asked + 2, cardinality($2))] ELSE ($2::interval[])[1] END
                FROM (SELECT EXISTS (SELECT 1 FROM settlement s
                                     WHERE s.settlement_id = d.settlement_id AND s.state = 'FAILED') AS failed) s)
            WHERE d.ctid = ANY (ARRAY(SELECT ctid FROM doubt WHERE downstream = $3 AND next_ask_at <= (SELECT clock())
                                      ORDER BY next_ask_at LIMIT $1 FOR UPDATE SKIP LOCKED))
            RETURNING d.settlement_id, d.no, d.traceparent, d.next_ask_at)
        SELECT taken.settlement_id, taken.no, i.part, i.member_id, i.amount, r.currency, r.programme, i.state,
            i.attempt, {ClockWatch.DoubtAge}, i.doubt_at IS NULL OR i.needs_person,
            coalesce(s.state = 'FAILED', false), taken.traceparent, taken.next_ask_at, i.doubt_at
        FROM taken JOIN settlement_item i ON i.settlement_id = taken.settlement_id AND i.no = taken.no
            JOIN settlement_request r ON r.settlement_id = taken.settlement_id
            LEFT JOIN settlement s ON s.settlement_id = taken.settlement_id
        """;

    private const string DropSql = """
        DELETE FROM doubt WHERE ctid = ANY (ARRAY(
            SELECT waiting.ctid FROM unnest($1, $2) AS r(settlement_id, no) CROSS JOIN LATERAL (
                SELECT ctid FROM doubt d WHERE d.settlement_id = r.settlement_id AND d.no = r.no LIMIT 1) waiting))
        """;

    // In doubt again is what was written since it was taken, or is being written now by somebody who holds it.
    private const string DropOverSql = """
        DELETE FROM doubt WHERE ctid = ANY (ARRAY(
            SELECT waiting.ctid FROM unnest($1, $2, $3) AS r(settlement_id, no, next_ask_at) CROSS JOIN LATERAL (
                SELECT ctid FROM doubt d WHERE d.settlement_id = r.settlement_id AND d.no = r.no
                    AND d.next_ask_at = r.next_ask_at LIMIT 1 FOR UPDATE SKIP LOCKED) waiting))
        """;

    private const string SettleSql = """
        UPDATE settlement_item i SET state = r.to_state, transaction_id = coalesce(r.transaction_id, i.transaction_id),
            needs_person = r.needs_person, doubt_at = CASE WHEN NOT r.doubt_ends THEN i.doubt_at END,
            error_code = CASE WHEN r.to_state = 'PAID' THEN NULL ELSE coalesce(r.code, i.error_code) END,
            error_message = CASE WHEN r.to_state = 'PAID' THEN NULL ELSE i.error_message END,
            paid_at = CASE WHEN r.to_state = 'PAID' THEN clock() END
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            AS r(settlement_id, no, attempt, from_state, to_state, transaction_id, needs_person, code, doubt_ends,
                doubt_at)
        WHERE i.settlement_id = r.settlement_id AND i.no = r.no AND i.state = r.from_state AND i.attempt = r.attempt
            AND i.doubt_at = r.doubt_at AND NOT i.needs_person
        RETURNING i.settlement_id, i.no
        """;

    public static async Task<List<Doubt>> Take(
        NpgsqlConnection connection,
        string downstream,
        int limit,
        IReadOnlyList<TimeSpan> delays,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(TakeSql, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = limit },
                new NpgsqlParameter
                {
                    Value = delays.ToArray(),
                    NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Interval,
                },
                new NpgsqlParameter<string> { TypedValue = downstream },
            },
        };
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var taken = new List<Doubt>();
        while (await rows.ReadAsync(cancel))
            taken.Add(
                new Doubt(
                    new PayoutItem
                    {
                        SettlementId = rows.GetGuid(0),
                        No = rows.GetInt32(1),
                        MemberId = rows.GetString(3),
                        Amount = rows.GetInt64(4),
                        Currency = rows.GetString(5),
                        Reason = rows.GetString(6),
                        Doubtful = true,
                        DoubtAge = rows.IsDBNull(9) ? TimeSpan.Zero : rows.GetTimeSpan(9),
                    },
                    rows.GetInt32(2),
                    rows.GetString(7),
                    rows.GetInt32(8),
                    rows.GetBoolean(10),
                    rows.GetBoolean(11),
                    rows.IsDBNull(12) ? null : rows.GetString(12),
                    rows.GetFieldValue<DateTimeOffset>(13),
                    rows.IsDBNull(14) ? default : rows.GetFieldValue<DateTimeOffset>(14)
                )
            );
        return taken;
    }

    public static async Task Drop(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        IReadOnlyCollection<(Guid Id, int No)> items,
        CancellationToken cancel
    )
    {
        if (items.Count == 0)
            return;
        await using var command = new NpgsqlCommand(DropSql, connection, transaction)
        {
            Parameters =
            {
                RowArrays.Uuids(items.Select(i => i.Id).ToArray()),
                RowArrays.Integers(items.Select(i => i.No).ToArray()),
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Takes from the agenda what was over when it was taken and is not in doubt again.</summary>
    public static async Task DropOver(NpgsqlConnection connection, IEnumerable<Doubt> taken, CancellationToken cancel)
    {
        var over = taken.Where(d => d.Over).ToArray();
        if (over.Length == 0)
            return;
        await using var command = new NpgsqlCommand(DropOverSql, connection)
        {
            Parameters =
            {
                RowArrays.Uuids(Array.ConvertAll(over, d => d.Item.SettlementId)),
                RowArrays.Integers(Array.ConvertAll(over, d => d.Item.No)),
                RowArrays.Times(Array.ConvertAll(over, d => d.NextAskAt)),
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Which of them still stood as when they were asked for, and were changed.</summary>
    public static async Task<HashSet<(Guid, int)>> Settle(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<Doubt> told,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(SettleSql, connection, transaction)
        {
            Parameters =
            {
                RowArrays.Uuids(told.Select(d => d.Item.SettlementId).ToArray()),
                RowArrays.Integers(told.Select(d => d.Item.No).ToArray()),
                RowArrays.Integers(told.Select(d => d.Attempt).ToArray()),
                RowArrays.Texts(told.Select(d => d.State).ToArray()),
                RowArrays.Texts(told.Select(d => d.Becomes).ToArray()),
                RowArrays.Texts(told.Select(d => d.Item.Outcome.TransactionId).ToArray()),
                RowArrays.Booleans(told.Select(d => d.Item.Outcome.NeedsPerson).ToArray()),
                RowArrays.Texts(told.Select(d => d.Item.Outcome.Code).ToArray()),
                RowArrays.Booleans(told.Select(d => d.DoubtEnds).ToArray()),
                RowArrays.Times(told.Select(d => d.DoubtAt).ToArray()),
            },
        };
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var changed = new HashSet<(Guid, int)>();
        while (await rows.ReadAsync(cancel))
            changed.Add((rows.GetGuid(0), rows.GetInt32(1)));
        return changed;
    }
}

/// <summary>An item in doubt as it stood when it was taken from the agenda.</summary>
/// <param name="Over">Nothing is left to ask: the doubt has ended, or a person has it.</param>
/// <param name="Traceparent">Of the attempt that left it in doubt.</param>
/// <param name="DoubtAt">A claim that was put back leaves state and attempt as they were, and a later doubt.</param>
/// <param name="NextAskAt">As it was put off when it was taken.</param>
internal sealed record Doubt(
    PayoutItem Item,
    int Part,
    string State,
    int Attempt,
    bool Over,
    bool SettlementFailed,
    string? Traceparent,
    DateTimeOffset NextAskAt,
    DateTimeOffset DoubtAt
)
{
    /// <summary>State after the lookup: paid, a person's case, or what it was with the doubt gone.</summary>
    public string Becomes => Item.Outcome.State ?? (State == ItemStates.InDoubt ? ItemStates.Failed : State);

    /// <summary>Nothing of the past can credit it any more: it was credited, or not after the quiet period.</summary>
    public bool DoubtEnds => Item.Outcome.Doubt == DoubtChange.Clear || Item.DoubtEnded;

    /// <summary>The lookup told something that ends the asking. A person's case may still be in doubt.</summary>
    public bool Told => DoubtEnds || Item.Outcome.NeedsPerson;
}
