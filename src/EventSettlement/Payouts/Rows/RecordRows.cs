using System.Text;
using EventSettlement.Alerts;
using EventSettlement.Contracts;
using EventSettlement.Ledger;
using EventSettlement.Messaging;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Payouts.Rows;

/// <summary>Transaction 2: outcomes, answers and payments of whole parts.</summary>
internal static class RecordRows
{
    private const string PartsSql = """
        UPDATE settlement_part s SET revision = s.revision + 1, answered_attempt = r.attempt, answer = r.answer
        FROM unnest($1, $2, $3, $4, $5) AS r(settlement_id, part, revision, attempt, answer)
        WHERE s.settlement_id = r.settlement_id AND s.part = r.part AND s.revision = r.revision
        """;

    private const string ItemsSql = """
        UPDATE settlement_item i SET state = r.state, transaction_id = coalesce(r.transaction_id, i.transaction_id),
            error_code = r.code, error_message = r.message, needs_person = r.needs_person,
            doubt_at = CASE r.doubt WHEN 1 THEN clock() WHEN -1 THEN NULL ELSE i.doubt_at END,
            paid_at = CASE WHEN r.state = 'PAID' THEN clock() END
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS r(settlement_id, no, attempt, state, transaction_id, code, message, needs_person, doubt)
        WHERE i.settlement_id = r.settlement_id AND i.no = r.no
            AND i.state = 'SENDING' AND i.epoch = $10 AND i.attempt = r.attempt
        """;

    // A row that stands there may be about to be dropped for an older doubt that is over. It is written anew, so that
    // whoever has read it finds that it has changed.
    private const string AgendaSql = """
        INSERT INTO doubt (settlement_id, no, downstream, traceparent, next_ask_at)
        SELECT i.settlement_id, i.no, $5, r.traceparent, clock() + $4
        FROM unnest($1, $2, $3) AS r(settlement_id, no, traceparent)
        JOIN settlement_item i ON i.settlement_id = r.settlement_id AND i.no = r.no
        WHERE i.doubt_at IS NOT NULL AND NOT i.needs_person
        ON CONFLICT (settlement_id, no) DO UPDATE SET next_ask_at = excluded.next_ask_at, asked = 0,
            traceparent = coalesce(excluded.traceparent, doubt.traceparent)
        """;

    private const string PutBackSql = """
        UPDATE settlement_item i SET epoch = NULL, attempt = i.attempt - 1, state = CASE
            WHEN i.doubt_at IS NOT NULL THEN 'IN_DOUBT' WHEN i.attempt = 1 THEN 'PENDING' ELSE 'FAILED' END
        FROM unnest($1, $2) AS r(settlement_id, no)
        WHERE i.settlement_id = r.settlement_id AND i.no = r.no AND i.state = 'SENDING' AND i.epoch = $3
        """;

    /// <summary>Records the parts given and answers the messages that tell of them.</summary>
    public static async Task<List<OutgoingMessage>> Record(
        OwnedTransaction transaction,
        string downstream,
        IReadOnlyList<PartClaim> parts,
        DateTimeOffset now,
        Topology topology,
        TimeSpan firstAsk,
        CancellationToken cancel
    )
    {
        var answers = parts
            .Select(p =>
                topology.Message(p.Asked.SettlementId.ToString("D"), p.Answer(now), traceparent: p.Traceparent)
            )
            .ToList();
        if (parts.Count == 0)
            return answers;
        var items = parts.SelectMany(p => p.Claimed).ToArray();
        // Parts before items, as the resolver does: whoever changes a part's items holds the part first.
        await using (var batch = new NpgsqlBatch(transaction.Connection, transaction.Transaction))
        {
            batch.BatchCommands.Add(Parts(parts, answers));
            batch.BatchCommands.Add(Items(items, parts, transaction.Epoch));
            await batch.ExecuteNonQueryAsync(cancel);
            Expect(batch.BatchCommands[0], parts.Count);
            Expect(batch.BatchCommands[1], items.Length);
        }

        CrashPoint.Hit(SettlementCrashPoints.ItemsRecorded);
        await RaiseDoubts(transaction, downstream, parts, firstAsk, cancel);
        CrashPoint.Hit(SettlementCrashPoints.BeforePosting);
        var payments = parts.Select(part => Payment(part, downstream)).OfType<Posting>().ToArray();
        await Postings.Insert(transaction.Connection, transaction.Transaction, payments, cancel);
        return answers;
    }

    /// <summary>Items that were claimed and not sent stand as before the claim.</summary>
    public static async Task PutBack(
        OwnedTransaction transaction,
        IEnumerable<PayoutItem> unsent,
        CancellationToken cancel
    )
    {
        var items = unsent.ToArray();
        await using var command = transaction.Command(PutBackSql);
        command.Parameters.Add(RowArrays.Uuids(items.Select(i => i.SettlementId).ToArray()));
        command.Parameters.Add(RowArrays.Integers(items.Select(i => i.No).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = transaction.Epoch });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlBatchCommand Parts(IReadOnlyList<PartClaim> parts, List<OutgoingMessage> answers) =>
        new(PartsSql)
        {
            Parameters =
            {
                RowArrays.Uuids(parts.Select(p => p.Asked.SettlementId).ToArray()),
                RowArrays.Integers(parts.Select(p => p.Asked.Part).ToArray()),
                RowArrays.Integers(parts.Select(p => p.Revision).ToArray()),
                RowArrays.Integers(parts.Select(p => p.Asked.Attempt).ToArray()),
                RowArrays.Texts(answers.Select(a => Encoding.UTF8.GetString(a.Body!)).ToArray()),
            },
        };

    private static NpgsqlBatchCommand Items(PayoutItem[] items, IReadOnlyList<PartClaim> parts, long epoch)
    {
        var attempts = parts.SelectMany(p => Enumerable.Repeat(p.Asked.Attempt, p.Claimed.Count)).ToArray();
        return new NpgsqlBatchCommand(ItemsSql)
        {
            Parameters =
            {
                RowArrays.Uuids(Array.ConvertAll(items, i => i.SettlementId)),
                RowArrays.Integers(Array.ConvertAll(items, i => i.No)),
                RowArrays.Integers(attempts),
                RowArrays.Texts(Array.ConvertAll(items, i => i.Outcome.State)),
                RowArrays.Texts(Array.ConvertAll(items, i => i.Outcome.TransactionId)),
                RowArrays.Texts(Array.ConvertAll(items, i => AnswerFields.Short(i.Outcome.Code, 100))),
                RowArrays.Texts(Array.ConvertAll(items, i => AnswerFields.Short(i.Outcome.Message, 500))),
                RowArrays.Booleans(Array.ConvertAll(items, i => i.Outcome.NeedsPerson)),
                RowArrays.Smallints(Array.ConvertAll(items, i => (short)i.Outcome.Doubt)),
                new NpgsqlParameter<long> { TypedValue = epoch },
            },
        };
    }

    private static async Task RaiseDoubts(
        OwnedTransaction transaction,
        string downstream,
        IReadOnlyList<PartClaim> parts,
        TimeSpan firstAsk,
        CancellationToken cancel
    )
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction.Transaction);
        var doubtful = parts
            .SelectMany(p => p.Claimed, (part, item) => (part.Traceparent, Item: item))
            .Where(d =>
                d.Item.Outcome.Doubt == DoubtChange.Set || d.Item.Doubtful && d.Item.Outcome.Doubt == DoubtChange.Keep
            )
            .ToArray();
        if (doubtful.Length > 0)
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(AgendaSql)
                {
                    Parameters =
                    {
                        RowArrays.Uuids(Array.ConvertAll(doubtful, d => d.Item.SettlementId)),
                        RowArrays.Integers(Array.ConvertAll(doubtful, d => d.Item.No)),
                        RowArrays.Texts(Array.ConvertAll(doubtful, d => d.Traceparent)),
                        new NpgsqlParameter<TimeSpan> { TypedValue = firstAsk },
                        new NpgsqlParameter<string> { TypedValue = downstream },
                    },
                }
            );
        var alerts = parts.Where(p => p.Claimed.Exists(i => i.Outcome.NeedsPerson)).Select(NeedsPerson).ToList();
        if (doubtful.FirstOrDefault(d => d.Item.Outcome.Code == PayoutAlerts.Unreadable).Item is { } unreadable)
            alerts.Add(PayoutAlerts.UnreadableAnswer(downstream, unreadable.Outcome.Message));
        if (alerts.Count > 0)
            batch.BatchCommands.Add(AlertRows.Upsert(alerts));
        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(cancel);
    }

    private static Alert NeedsPerson(PartClaim part)
    {
        var items = part.Claimed.Where(i => i.Outcome.NeedsPerson).ToArray();
        return PayoutAlerts.OtherAmount(
            part.Asked.SettlementId,
            part.Asked.Part,
            items.Length,
            items.Sum(i => i.Amount),
            part.Currency
        );
    }

    private static Posting? Payment(PartClaim part, string downstream)
    {
        var (asked, accounts) = (part.Asked, new PaymentAccounts(part.Programme, downstream, part.Currency));
        var paid = part.Claimed.Where(i => i.Outcome.State == ItemStates.Paid).Sum(i => i.Amount);
        return paid == 0
            ? null
            : PaymentPostings.Payment(asked.SettlementId, asked.Part, asked.Attempt, accounts, paid);
    }

    private static void Expect(NpgsqlBatchCommand command, int rows)
    {
        if (command.RecordsAffected != rows)
            throw new UnexpectedRowsException(command.CommandText, rows, command.RecordsAffected);
    }
}
