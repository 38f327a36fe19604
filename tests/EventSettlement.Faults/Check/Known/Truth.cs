using Npgsql;

namespace EventSettlement.Faults.Check.Known;

/// <summary>All that is known after a run: tables, witness, and the journals of those outside.</summary>
internal sealed class Truth
{
    public required List<ItemRow> Items { get; init; }
    public required Dictionary<Guid, SettlementRow> Settlements { get; init; }
    public required Dictionary<Guid, RequestRow> Requests { get; init; }
    public required Dictionary<Guid, HistoryRow[]> History { get; init; }
    public required Dictionary<string, StudyRow> Studies { get; init; }
    public required List<ParkedRow> Parked { get; init; }
    public required ILookup<Guid, PostingRow> Postings { get; init; }
    public required ILookup<(Guid, int), SeenItem> SeenItems { get; init; }
    public required ILookup<Guid, SeenSettlement> SeenSettlements { get; init; }
    public required List<Credit> Credits { get; init; }
    public required List<SentFact> Facts { get; init; }

    /// <summary>By settlement and number.</summary>
    public ILookup<(Guid, int), Credit> CreditsByItem => field ??= Credits.ToLookup(c => (c.Settlement, c.No));

    public static async Task<Truth> Read(NpgsqlDataSource database, string folder) =>
        new()
        {
            Items = await Tables.Read(
                database,
                ItemsSql,
                r => new ItemRow(
                    r.GetGuid(0),
                    r.GetInt32(1),
                    r.GetInt32(2),
                    r.GetString(3),
                    r.GetInt64(4),
                    r.GetString(5),
                    r.GetInt32(6),
                    r.GetBoolean(7),
                    r.GetBoolean(8),
                    r.Text(9),
                    r.Text(10)
                )
            ),
            Settlements = (
                await Tables.Read(
                    database,
                    SettlementsSql,
                    r => new SettlementRow(
                        r.GetGuid(0),
                        r.GetString(1),
                        r.GetInt64(2),
                        r.GetString(3),
                        r.GetInt64(4),
                        r.GetInt32(5),
                        r.GetInt64(6),
                        r.GetInt64(7),
                        r.GetInt32(8),
                        r.GetInt32(9),
                        r.GetInt32(10),
                        r.GetBoolean(11),
                        r.GetBoolean(12),
                        r.GetBoolean(13)
                    )
                )
            ).ToDictionary(s => s.Id),
            Requests = (
                await Tables.Read(
                    database,
                    "SELECT settlement_id, subject, run_id, amount, (basis->>'kept')::bigint, items "
                        + "FROM settlement_request",
                    r => new RequestRow(
                        r.GetGuid(0),
                        r.GetString(1),
                        r.GetInt64(2),
                        r.GetInt64(3),
                        r.GetInt64(4),
                        r.GetInt32(5)
                    )
                )
            ).ToDictionary(r => r.Id),
            History = (
                await Tables.Read(
                    database,
                    HistorySql,
                    r => new HistoryRow(
                        r.GetGuid(0),
                        r.GetInt32(1),
                        r.Text(2),
                        r.GetString(3),
                        r.GetString(4),
                        r.GetString(5),
                        r.GetInt32(6),
                        r.GetDateTime(7)
                    )
                )
            )
                .GroupBy(h => h.Settlement)
                .ToDictionary(g => g.Key, g => g.ToArray()),
            Studies = (
                await Tables.Read(
                    database,
                    StudiesSql,
                    r => new StudyRow(
                        r.GetString(0),
                        r.GetDateTime(1),
                        r.GetString(2),
                        r.GetInt64(3),
                        r.GetInt64(4),
                        r.GetFieldValue<string[]>(5),
                        r.GetFieldValue<int[]>(6),
                        r.GetBoolean(7),
                        r.GetInt32(8),
                        r.GetInt64(9)
                    )
                )
            ).ToDictionary(s => s.Study),
            Parked = await Tables.Read(
                database,
                "SELECT group_id, topic, \"offset\", code, coalesce(body, ''), message " + "FROM parked_message",
                r => new ParkedRow(
                    r.GetString(0),
                    r.GetString(1),
                    r.GetInt64(2),
                    r.GetString(3),
                    r.GetFieldValue<byte[]>(4),
                    r.GetString(5)
                )
            ),
            Postings = (
                await Tables.Read(
                    database,
                    PostingsSql,
                    r => new PostingRow(
                        r.GetInt64(0),
                        r.GetString(1),
                        r.GetString(2),
                        r.GetInt64(3),
                        r.GetString(4),
                        r.GetString(5),
                        r.GetGuid(6),
                        r.GetDateTime(7)
                    )
                )
            ).ToLookup(p => p.Settlement),
            SeenItems = (
                await Tables.Read(
                    database,
                    SeenItemsSql,
                    r => new SeenItem(
                        r.GetGuid(0),
                        r.GetInt32(1),
                        r.GetString(2),
                        r.GetInt32(3),
                        r.IsDBNull(4) ? null : r.GetInt64(4),
                        r.GetDateTime(5)
                    )
                )
            ).ToLookup(s => (s.Settlement, s.No)),
            SeenSettlements = (
                await Tables.Read(
                    database,
                    "SELECT settlement_id, version, state, told, " + "begun, at FROM witness.settlement ORDER BY seq",
                    r => new SeenSettlement(
                        r.GetGuid(0),
                        r.GetInt64(1),
                        r.GetString(2),
                        r.GetInt32(3),
                        r.GetDateTime(4),
                        r.GetDateTime(5)
                    )
                )
            ).ToLookup(s => s.Settlement),
            Credits = Journals.Credits(folder),
            Facts = Journals.Facts(folder),
        };

    /// <summary>What happened to an item, from every witness, in time order.</summary>
    public string[] Story(Guid settlement, int no) =>
        [
            .. SeenItems[(settlement, no)]
                .Select(s => (s.Committed, Line: s.ToString()))
                .Concat(CreditsByItem[(settlement, no)].Select(c => (c.At, Line: c.ToString())))
                .Concat(History.GetValueOrDefault(settlement, []).Select(h => (h.At, Line: h.ToString())))
                .OrderBy(l => l.Item1)
                .Select(l => l.Line),
        ];

    private const string ItemsSql = """
        SELECT settlement_id, no, part, member_id, amount, state, attempt, needs_person, doubt_at IS NOT NULL,
            transaction_id, error_code FROM settlement_item
        """;

    private const string SettlementsSql = """
        SELECT settlement_id, subject, run_id, state, version, seq, amount, paid_amount, paid, attempt, retries_left,
            held, cancelling, coalesce(CASE state WHEN 'PENDING' THEN payable_at ELSE next_retry_at END < clock(),
            false) FROM settlement
        """;

    private const string HistorySql = """
        SELECT settlement_id, seq, from_state, to_state, cause, actor, attempt, at FROM settlement_history
        ORDER BY settlement_id, seq
        """;

    private const string StudiesSql = """
        SELECT study_id, completed_at, currency, deposit, penalty, members, absences, run_id IS NOT NULL,
            fact_partition, fact_offset FROM study
        """;

    private const string PostingsSql = """
        SELECT transaction_id, account, currency, amount, kind, reference, settlement_id, at FROM posting
        ORDER BY transaction_id, line
        """;

    private const string SeenItemsSql = """
        SELECT settlement_id, no, state, attempt, epoch, coalesce(pg_xact_commit_timestamp(xid), at)
        FROM witness.item ORDER BY seq
        """;
}
