using EventSettlement.Contracts;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using EventSettlement.Settlements.Saga;
using MassTransit;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Settlements.Guarding;

/// <summary>
/// Finds what should have moved on, with the message that moves it. Only runs with something open are walked.
/// </summary>
internal sealed class StuckSettlements(Database database, Topology topology)
{
    private const string OpenRuns = """
        SELECT run_id FROM run_progress WHERE lane LIKE 'saga-%'
        AND state IN ('PENDING', 'PROCESSING', 'AWAITING_RETRY')
        GROUP BY run_id HAVING sum(settlements) > 0
        """;

    private const string FindUnstarted = """
        SELECT r.settlement_id, r.programme, r.subject, r.period, r.run_id, r.downstream, r.currency, r.payable_at,
            r.created_at,
               array_agg(p.waiting ORDER BY p.part), array_agg(p.zero ORDER BY p.part), array_agg(p.amount
               ORDER BY p.part), r.hold_reason
        FROM settlement_request r
        CROSS JOIN LATERAL (SELECT i.part, count(*) FILTER (WHERE i.amount > 0)::int AS waiting,
                                   count(*) FILTER (WHERE i.amount = 0)::int AS zero, sum(i.amount)::bigint AS amount
                            FROM settlement_item i WHERE i.settlement_id = r.settlement_id GROUP BY i.part) p
        WHERE r.settlement_id IN (
            SELECT q.settlement_id FROM settlement_request q
            WHERE q.run_id IN (SELECT run_id FROM run_progress GROUP BY run_id
                               HAVING sum(CASE WHEN state = 'PLANNED' THEN settlements ELSE -settlements END) > 0)
              AND q.created_at < $1
              AND NOT EXISTS (SELECT 1 FROM settlement s WHERE s.settlement_id = q.settlement_id) LIMIT $2)
        GROUP BY r.settlement_id
        """;

    private const string FindOverdue = $"""
        SELECT s.settlement_id, s.timer_token FROM settlement s
        WHERE s.run_id IN ({OpenRuns}) AND NOT s.held AND NOT s.cancelling AND NOT s.due AND s.timer_token IS NOT NULL
          AND (s.state = 'PENDING' AND s.payable_at < $1 OR s.state = 'AWAITING_RETRY' AND s.next_retry_at < $1)
          AND NOT EXISTS (SELECT 1 FROM scheduled_message m WHERE m.token = s.timer_token)
        LIMIT $2
        """;

    private const string FindUnanswered = $"""
        SELECT s.settlement_id, s.parts, s.attempt, s.include_rejected, s.downstream FROM settlement s
        WHERE s.run_id IN ({OpenRuns}) AND s.state = 'PROCESSING' AND NOT s.held AND s.updated_at < $1
          AND s.downstream = $3 AND NOT EXISTS (SELECT 1 FROM downstream d WHERE d.name = s.downstream
          AND d.state = 'STOPPED')
        LIMIT $2
        """;

    /// <summary>Requests that no settlement came of.</summary>
    public Task<List<OutgoingMessage>> Unstarted(DateTimeOffset before, int limit, CancellationToken cancel) =>
        Find(FindUnstarted, before, limit, null, Request, cancel);

    /// <summary>Timers that are gone and did not arrive.</summary>
    public Task<List<OutgoingMessage>> Overdue(DateTimeOffset before, int limit, CancellationToken cancel) =>
        Find(FindOverdue, before, limit, null, Timer, cancel);

    /// <summary>
    /// Parts sent long ago without an answer: the same attempt again, which payouts answers from its store.
    /// </summary>
    public Task<List<OutgoingMessage>> Unanswered(
        DateTimeOffset before,
        int limit,
        string downstream,
        CancellationToken cancel
    ) => Find(FindUnanswered, before, limit, downstream, OpenParts, cancel);

    private async Task<List<OutgoingMessage>> Find(
        string sql,
        DateTimeOffset before,
        int limit,
        string? downstream,
        Func<NpgsqlDataReader, IEnumerable<OutgoingMessage>> read,
        CancellationToken cancel
    )
    {
        await using var command = database.Reads.CreateCommand(sql);
        command.Parameters.Add(
            new NpgsqlParameter { Value = before.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz }
        );
        command.Parameters.AddWithValue(limit);
        if (downstream is not null)
            command.Parameters.AddWithValue(downstream);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var found = new List<OutgoingMessage>();
        while (found.Count < limit && await row.ReadAsync(cancel))
            found.AddRange(read(row));
        return found.Count > limit ? found[..limit] : found;
    }

    private IEnumerable<OutgoingMessage> Request(NpgsqlDataReader row)
    {
        var (waiting, zero, amount) = (
            row.GetFieldValue<int[]>(9),
            row.GetFieldValue<int[]>(10),
            row.GetFieldValue<long[]>(11)
        );
        var parts = waiting
            .Select((n, part) => new PartCounts(n, zero[part], 0, 0, 0, 0, 0, 0, amount[part], 0))
            .ToArray();
        var id = row.GetGuid(0);
        return
        [
            topology.Message(
                id.ToString("D"),
                new SettlementRequested(
                    id,
                    row.GetString(1),
                    row.GetString(2),
                    row.GetString(3),
                    row.GetInt64(4),
                    row.GetString(5),
                    row.GetString(6),
                    row.GetFieldValue<DateTimeOffset>(7),
                    row.GetFieldValue<DateTimeOffset>(8),
                    parts,
                    row.IsDBNull(12) ? null : row.GetString(12)
                )
            ),
        ];
    }

    private IEnumerable<OutgoingMessage> Timer(NpgsqlDataReader row)
    {
        var id = row.GetGuid(0);
        var due = topology.Message(id.ToString("D"), new PayoutDue(id));
        return
        [
            due with
            {
                Headers = due.Headers.With(MessageHeaders.SchedulingTokenId, row.GetGuid(1).ToString("D")),
            },
        ];
    }

    private IEnumerable<OutgoingMessage> OpenParts(NpgsqlDataReader row)
    {
        var (id, parts, topic) = (row.GetGuid(0), PartState.Read(row.GetString(1)), Topics.Payouts(row.GetString(4)));
        for (var part = 0; part < parts.Length; part++)
            if (parts[part].Open)
                yield return topology.Message(
                    id.ToString("D"),
                    new PayPart(id, part, row.GetInt32(2), row.GetBoolean(3)),
                    topic
                );
    }
}
