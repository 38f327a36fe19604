using EventSettlement.Messaging.Batches;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Payouts.Rows;

/// <summary>Transaction 1: marks the items that will be sent, set-based over all parts of the batch.</summary>
internal static class ClaimRows
{
    private const string ClockSql = "SELECT clock()";

    private const string PartsSql = """
        SELECT p.i, s.revision, s.answered_attempt, CASE WHEN s.answered_attempt = p.attempt THEN s.answer END,
            r.programme, r.currency, r.items
        FROM unnest($1, $2, $3) WITH ORDINALITY AS p(settlement_id, part, attempt, i)
        JOIN settlement_part s ON s.settlement_id = p.settlement_id AND s.part = p.part
        JOIN settlement_request r ON r.settlement_id = p.settlement_id
        """;

    // SENDING of our own epoch stands there only when an earlier try of this very batch did not come to its record:
    // nobody sends for it any more, and what it sent is as doubtful as that of an older owner.
    // The claim itself tells whether the downstream was stopped when it claimed nothing: another statement of this
    // transaction sees another moment. So there is one row at least, and it stands alone where nothing is claimed.
    private const string ClaimSql = $"""
        WITH gate AS MATERIALIZED (
            SELECT EXISTS (SELECT 1 FROM downstream WHERE name = $6 AND state = 'STOPPED') AS stopped),
        claimed AS (
            UPDATE settlement_item i SET state = 'SENDING', attempt = p.attempt, epoch = $5, sent_at = clock(),
                doubt_at = CASE WHEN i.state = 'SENDING' THEN clock() ELSE i.doubt_at END
            FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS p(settlement_id, part, attempt, include_rejected, i)
            JOIN settlement_part s ON s.settlement_id = p.settlement_id AND s.part = p.part
            WHERE i.settlement_id = p.settlement_id AND i.no BETWEEN p.part * 500 + 1 AND p.part * 500 + 500
                AND s.answered_attempt < p.attempt AND NOT i.needs_person AND (
                    (i.state IN ('PENDING', 'FAILED', 'IN_DOUBT') OR i.state = 'REJECTED' AND p.include_rejected)
                        AND i.attempt < p.attempt
                    OR i.state = 'SENDING' AND i.epoch <= $5 AND i.attempt <= p.attempt)
                AND NOT (SELECT stopped FROM gate)
            RETURNING p.i, i.no, i.member_id, i.amount, {ClockWatch.DoubtAge} AS doubt_age)
        SELECT c.i, c.no, c.member_id, c.amount, c.doubt_age, gate.stopped FROM gate LEFT JOIN claimed c ON true
        """;

    private const string RestSql = """
        SELECT p.i, i.state, i.needs_person, count(*)::int, sum(i.amount)::bigint
        FROM unnest($1, $2, $3) WITH ORDINALITY AS p(settlement_id, part, attempt, i)
        JOIN settlement_item i ON i.settlement_id = p.settlement_id
            AND i.no BETWEEN p.part * 500 + 1 AND p.part * 500 + 500
        WHERE NOT (i.state = 'SENDING' AND i.epoch = $4 AND i.attempt = p.attempt)
        GROUP BY p.i, i.state, i.needs_person
        """;

    public static async Task<Claim> Claim(
        OwnedTransaction transaction,
        IReadOnlyList<PartClaim> parts,
        string downstream,
        CancellationToken cancel
    )
    {
        var ids = parts.Select(p => p.Asked.SettlementId).ToArray();
        var numbers = parts.Select(p => p.Asked.Part).ToArray();
        var attempts = parts.Select(p => p.Asked.Attempt).ToArray();
        var rejected = parts.Select(p => p.Asked.IncludeRejected).ToArray();
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction.Transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(ClockSql),
                new NpgsqlBatchCommand(PartsSql)
                {
                    Parameters = { RowArrays.Uuids(ids), RowArrays.Integers(numbers), RowArrays.Integers(attempts) },
                },
                new NpgsqlBatchCommand(ClaimSql)
                {
                    Parameters =
                    {
                        RowArrays.Uuids(ids),
                        RowArrays.Integers(numbers),
                        RowArrays.Integers(attempts),
                        RowArrays.Booleans(rejected),
                        new NpgsqlParameter<long> { TypedValue = transaction.Epoch },
                        new NpgsqlParameter<string> { TypedValue = downstream },
                    },
                },
            },
        };
        // Taken before the claim, so that a claim is never held for younger than it is.
        var at = BootClock.Now;
        Claim claim;
        await using (var rows = await batch.ExecuteReaderAsync(cancel))
        {
            await rows.ReadAsync(cancel);
            claim = new Claim(parts, rows.GetFieldValue<DateTimeOffset>(0), at);
            await rows.NextResultAsync(cancel);
            await ReadParts(rows, parts, cancel);
            await rows.NextResultAsync(cancel);
            await ReadItems(rows, claim, cancel);
        }

        await ReadRest(transaction, parts.Where(p => p.Open && p.Claimed.Count < p.Items).ToArray(), cancel);
        return claim;
    }

    private static async Task ReadParts(NpgsqlDataReader rows, IReadOnlyList<PartClaim> parts, CancellationToken cancel)
    {
        while (await rows.ReadAsync(cancel))
        {
            var part = parts[(int)rows.GetInt64(0) - 1];
            part.Known = true;
            part.Revision = rows.GetInt32(1);
            part.AnsweredAttempt = rows.GetInt32(2);
            part.StoredAnswer = rows.IsDBNull(3) ? null : rows.GetString(3);
            part.Programme = rows.GetString(4);
            part.Currency = rows.GetString(5);
            part.Items = Math.Min(PartClaim.MaxItems, rows.GetInt32(6) - (part.Asked.Part * PartClaim.MaxItems));
        }
    }

    private static async Task ReadItems(NpgsqlDataReader rows, Claim claim, CancellationToken cancel)
    {
        while (await rows.ReadAsync(cancel))
        {
            claim.Stopped = rows.GetBoolean(5);
            if (rows.IsDBNull(0))
                return;
            var index = (int)rows.GetInt64(0) - 1;
            var part = claim.Parts[index];
            var item = new PayoutItem
            {
                SettlementId = part.Asked.SettlementId,
                No = rows.GetInt32(1),
                MemberId = rows.GetString(2),
                Amount = rows.GetInt64(3),
                Currency = part.Currency,
                Reason = part.Programme,
                PartIndex = index,
                Doubtful = !rows.IsDBNull(4),
                DoubtAge = rows.IsDBNull(4) ? TimeSpan.Zero : rows.GetTimeSpan(4),
            };
            part.Claimed.Add(item);
            claim.Items.Add(item);
        }
    }

    private static async Task ReadRest(OwnedTransaction transaction, PartClaim[] parts, CancellationToken cancel)
    {
        if (parts.Length == 0)
            return;
        await using var command = transaction.Command(RestSql);
        command.Parameters.Add(RowArrays.Uuids(parts.Select(p => p.Asked.SettlementId).ToArray()));
        command.Parameters.Add(RowArrays.Integers(parts.Select(p => p.Asked.Part).ToArray()));
        command.Parameters.Add(RowArrays.Integers(parts.Select(p => p.Asked.Attempt).ToArray()));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = transaction.Epoch });
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            parts[(int)rows.GetInt64(0) - 1]
                .Rest.Add(rows.GetString(1), rows.GetBoolean(2), rows.GetInt32(3), rows.GetInt64(4));
    }
}

/// <summary>What a round may send.</summary>
/// <param name="DatabaseTime">The database's clock at the claim; <paramref name="At"/> is ours, a little
/// earlier.</param>
internal sealed record Claim(IReadOnlyList<PartClaim> Parts, DateTimeOffset DatabaseTime, TimeSpan At)
{
    /// <summary>The downstream is stopped, and therefore nothing was claimed.</summary>
    public bool Stopped { get; set; }

    public List<PayoutItem> Items { get; } = [];

    public DateTimeOffset Now => DatabaseTime + (BootClock.Now - At);
}
