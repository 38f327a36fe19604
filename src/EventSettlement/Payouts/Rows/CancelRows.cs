using System.Text;
using System.Text.Json;
using EventSettlement.Contracts;
using EventSettlement.Ledger;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement.Payouts.Rows;

/// <summary>
/// Cancels all items of a settlement and reverses its creation exactly, or does nothing; each command once.
/// </summary>
internal static class CancelRows
{
    private const string StoredSql = "SELECT answer FROM cancel_answer WHERE command_id = $1";

    // A zero item counts as paid from the start, yet nothing left for it: it stands against no cancel.
    private const string StandingSql = $"""
        SELECT count(*)::int, count(*) FILTER (WHERE state = 'PAID' AND amount > 0)::int,
            count(*) FILTER (WHERE state = 'WRITTEN_OFF')::int, count(*) FILTER (WHERE state = 'CANCELLED')::int,
            count(*) FILTER (WHERE state = 'SENDING')::int,
            count(*) FILTER (WHERE state = 'IN_DOUBT' OR doubt_at IS NOT NULL)::int,
            clock() + ($2 - min({ClockWatch.DoubtAge}))
        FROM settlement_item i WHERE settlement_id = $1
        """;

    private const string EverSentSql = """
        SELECT i.no, i.member_id, i.amount, r.currency, r.programme 
        FROM settlement_item i JOIN settlement_request r USING (settlement_id)
        WHERE i.settlement_id = $1 AND i.sent_at IS NOT NULL ORDER BY i.no
        """;

    private const string LockSql = "SELECT 1 FROM settlement_part WHERE settlement_id = $1 ORDER BY part FOR UPDATE";

    private const string CancelSql = "UPDATE settlement_item SET state = 'CANCELLED' WHERE settlement_id = $1";

    private const string RevisionsSql = """
        UPDATE settlement_part s SET revision = s.revision + 1
        FROM (SELECT part, count(*)::int AS items, sum(amount)::bigint AS amount FROM settlement_item
            WHERE settlement_id = $1 GROUP BY part) c
        WHERE s.settlement_id = $1 AND s.part = c.part RETURNING s.part, s.revision, c.items, c.amount
        """;

    private const string OwnerSql =
        "SELECT programme, subject, period FROM settlement_request WHERE settlement_id = $1";

    // The downstream credited what it had refused before; the resolver or the next attempt takes that up.
    private const string DoubtSql = """
        WITH doubtful AS (UPDATE settlement_item SET doubt_at = clock() WHERE settlement_id = $1 AND no = ANY ($2)
            AND state IN ('FAILED', 'REJECTED') AND doubt_at IS NULL RETURNING settlement_id, no)
        INSERT INTO doubt (settlement_id, no, downstream, next_ask_at)
        SELECT d.settlement_id, d.no, r.downstream, clock()
        FROM doubtful d JOIN settlement_request r USING (settlement_id)
        ON CONFLICT (settlement_id, no) DO UPDATE SET next_ask_at = excluded.next_ask_at
        """;

    private const string StoreSql = "INSERT INTO cancel_answer (command_id, settlement_id, answer) VALUES ($1, $2, $3)";

    public static async Task<IReadOnlyList<Cancellation>> Load(
        OwnedTransaction transaction,
        IReadOnlyList<(CancelItems Asked, string? Traceparent)> asked,
        PayoutLimits limits,
        CancellationToken cancel
    )
    {
        var list = new List<Cancellation>();
        foreach (var (one, traceparent) in asked)
        {
            var stored = await Stored(transaction, one.CommandId, cancel);
            var refusal = stored is null ? await Standing(transaction, one.SettlementId, limits, cancel) : null;
            var sent = stored is null && refusal is null ? await EverSent(transaction, one.SettlementId, cancel) : [];
            list.Add(new Cancellation(one, traceparent, stored, refusal, sent));
        }

        return list;
    }

    public static async Task<OutgoingMessage> Finish(
        OwnedTransaction transaction,
        Cancellation one,
        PayoutLimits limits,
        ProgrammeList programmes,
        Topology topology,
        CancellationToken cancel
    )
    {
        var asked = one.Asked;
        if ((one.Stored ?? await Stored(transaction, asked.CommandId, cancel)) is { } stored)
            return topology.Message(
                asked.SettlementId.ToString("D"),
                JsonSerializer.Deserialize(stored, ContractsJson.Default.CancelItemsAnswered)!,
                traceparent: one.Traceparent
            );
        await Execute(transaction, LockSql, asked.SettlementId, cancel);
        var refusal =
            one.Refusal
            ?? await Told(transaction, one, cancel)
            ?? await Standing(transaction, asked.SettlementId, limits, cancel);
        var answer = new CancelItemsAnswered(
            asked.SettlementId,
            asked.CommandId,
            refusal is null,
            refusal?.Code,
            refusal?.Reason,
            refusal?.AskAgainAt,
            refusal is null ? await CancelAll(transaction, asked.SettlementId, programmes, cancel) : []
        );
        var message = topology.Message(asked.SettlementId.ToString("D"), answer, traceparent: one.Traceparent);
        await using var store = Command(transaction, StoreSql, asked.CommandId);
        store.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = asked.SettlementId });
        store.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Encoding.UTF8.GetString(message.Body!) });
        await store.ExecuteNonQueryAsync(cancel);
        return message;
    }

    /// <summary>What the lookups say against it.</summary>
    private static async Task<CancelRefusal?> Told(
        OwnedTransaction transaction,
        Cancellation one,
        CancellationToken cancel
    )
    {
        var credited = one.EverSent.Where(i => i.Outcome.State == ItemStates.Paid || i.Outcome.NeedsPerson).ToArray();
        if (credited.Length > 0)
        {
            await using var doubt = Command(transaction, DoubtSql, one.Asked.SettlementId);
            doubt.Parameters.Add(RowArrays.Integers(Array.ConvertAll(credited, i => i.No)));
            await doubt.ExecuteNonQueryAsync(cancel);
            return new CancelRefusal("already_paid", $"The downstream has credited {credited.Length} item(s)");
        }

        return one.EverSent.FirstOrDefault(i => !i.LookedUp || i.Outcome.State is not null) is { } silent
            ? new CancelRefusal("downstream_unavailable", $"The downstream did not say what became of item {silent.No}")
            : null;
    }

    private static async Task<CancelRefusal?> Standing(
        OwnedTransaction transaction,
        Guid settlementId,
        PayoutLimits limits,
        CancellationToken cancel
    )
    {
        await using var command = Command(transaction, StandingSql, settlementId);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = limits.CancelQuietPeriod });
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        DateTimeOffset? again = row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6);
        return row.GetInt32(0) == 0 ? new CancelRefusal("unknown_settlement", "It has no items")
            : row.GetInt32(1) > 0 ? new CancelRefusal("already_paid", $"{row.GetInt32(1)} item(s) are paid")
            : row.GetInt32(2) > 0 ? new CancelRefusal("written_off", $"{row.GetInt32(2)} item(s) are written off")
            : row.GetInt32(3) > 0 ? new CancelRefusal("already_cancelled", "Its items are cancelled")
            : row.GetInt32(4) > 0 ? new CancelRefusal("being_paid", $"{row.GetInt32(4)} item(s) are being sent")
            : row.GetInt32(5) > 0
                ? new CancelRefusal("in_doubt", $"{row.GetInt32(5)} item(s) may have been paid", again)
            : null;
    }

    private static async Task<IReadOnlyList<PartRevision>> CancelAll(
        OwnedTransaction transaction,
        Guid settlementId,
        ProgrammeList programmes,
        CancellationToken cancel
    )
    {
        await Execute(transaction, CancelSql, settlementId, cancel);
        var parts = new List<PartRevision>();
        await using (var command = Command(transaction, RevisionsSql, settlementId))
        await using (var rows = await command.ExecuteReaderAsync(cancel))
            while (await rows.ReadAsync(cancel))
            {
                var tally = new PartTally();
                tally.Add(ItemStates.Cancelled, false, rows.GetInt32(2), rows.GetInt64(3));
                parts.Add(new PartRevision(rows.GetInt32(0), rows.GetInt32(1), tally.Counts()));
            }

        var (connection, own) = (transaction.Connection, transaction.Transaction);
        var creation = await Postings.FindCreation(connection, own, settlementId, cancel);
        List<Posting> postings = creation is null ? [] : [creation.Reverse(PostingKinds.Cancel)];
        await GiveBack(transaction, (settlementId, creation), programmes, postings, cancel);
        await Postings.Insert(connection, own, postings, cancel);
        return parts.OrderBy(p => p.Part).ToArray();
    }

    /// <summary>What the settlement took is its programme's to settle again.</summary>
    private static async Task GiveBack(
        OwnedTransaction transaction,
        (Guid Id, Posting? Creation) settlement,
        ProgrammeList programmes,
        List<Posting> postings,
        CancellationToken cancel
    )
    {
        BookingLine[] creation =
        [
            .. (settlement.Creation?.Lines ?? []).Select(l => new BookingLine(Accounts.NameOf(l.Account), l.Amount)),
        ];
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction.Transaction);
        await using (var command = Command(transaction, OwnerSql, settlement.Id))
        await using (var row = await command.ExecuteReaderAsync(cancel))
            while (await row.ReadAsync(cancel))
            {
                var programme = row.GetString(0);
                var given = programmes.Of(programme).GiveBack(row.GetString(1), row.GetString(2), creation);
                foreach (var statement in given.Statements)
                    batch.BatchCommands.Add(statement);
                if (given.Booking.Any(line => line.Amount != 0))
                    postings.Add(CarriedOver(settlement.Id, programme, settlement.Creation!.Currency, given.Booking));
            }

        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(cancel);
    }

    private static Posting CarriedOver(
        Guid settlementId,
        string programme,
        string currency,
        IReadOnlyList<BookingLine> lines
    ) =>
        Posting.Of(
            settlementId,
            PostingKinds.CarryOver,
            References.Settlement(settlementId),
            currency,
            [.. lines.Select(line => new Line(Accounts.Of(programme, line.Account), line.Amount))]
        );

    private static async Task<List<PayoutItem>> EverSent(
        OwnedTransaction transaction,
        Guid settlementId,
        CancellationToken cancel
    )
    {
        await using var command = Command(transaction, EverSentSql, settlementId);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var items = new List<PayoutItem>();
        while (await rows.ReadAsync(cancel))
            items.Add(
                new PayoutItem
                {
                    SettlementId = settlementId,
                    No = rows.GetInt32(0),
                    MemberId = rows.GetString(1),
                    Amount = rows.GetInt64(2),
                    Currency = rows.GetString(3),
                    Reason = rows.GetString(4),
                }
            );
        return items;
    }

    private static async Task<string?> Stored(OwnedTransaction transaction, Guid commandId, CancellationToken cancel)
    {
        await using var command = Command(transaction, StoredSql, commandId);
        return (string?)await command.ExecuteScalarAsync(cancel);
    }

    private static async Task Execute(OwnedTransaction transaction, string sql, Guid id, CancellationToken cancel)
    {
        await using var command = Command(transaction, sql, id);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlCommand Command(OwnedTransaction transaction, string sql, Guid id)
    {
        var command = transaction.Command(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return command;
    }
}
