using EventSettlement.Contracts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement.Settlements.Explain;

/// <summary>
/// Why each payee is owed this amount, from the fact to the payment: the programme says why, the machine what came of
/// it.
/// </summary>
public sealed class ExplainQuery(Database database, ProgrammeList programmes)
{
    private const string RequestSql = """
        SELECT r.programme, r.subject, r.period, r.currency, r.amount, r.basis::text, r.run_id, run.business_date,
               r.payable_at, coalesce(s.state, 'PENDING'), CASE WHEN coalesce(s.held, true) THEN r.hold_reason END
        FROM settlement_request r
        LEFT JOIN run ON run.run_id = r.run_id
        LEFT JOIN settlement s ON s.settlement_id = r.settlement_id
        WHERE r.settlement_id = $1
        """;

    private const string ItemSql = """
        SELECT no, member_id, amount, state, transaction_id, error_code, error_message, paid_at, needs_person
        FROM settlement_item WHERE settlement_id = $1 ORDER BY no
        """;

    /// <returns>Null when there is no such settlement.</returns>
    public async Task<Explanation?> Explain(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        var items = await ReadItems(connection, id, cancel);
        if (await ReadRequest(connection, id, items, cancel) is not { } request)
            return null;
        var reason = await programmes.Of(request.Programme).Explain(request.Document, cancel);
        var run = OutcomeText.Run(request);
        var paid = items.Where(i => i.State == "PAID").Sum(i => i.Amount);
        var (document, lines) = (request.Document, new List<ExplainedLine>(items.Count));
        for (var i = 0; i < items.Count; i++)
            lines.Add(
                new ExplainedLine(
                    items[i].No,
                    SettlementId.ItemKey(id, items[i].No),
                    items[i].MemberId,
                    items[i].Amount,
                    items[i].State,
                    $"{reason.Items[i]}; {run}; {OutcomeText.Item(request, items[i])}"
                )
            );
        return new Explanation(
            id,
            request.Programme,
            document.Subject,
            document.Period,
            request.State,
            document.Currency,
            document.Amount,
            paid,
            request.RunId,
            $"{reason.Text}; {OutcomeText.Paid(paid)}; {run}; {request.State}{OutcomeText.Hold(request)}",
            reason.Lines,
            lines
        );
    }

    private static async Task<ExplainedRequest?> ReadRequest(
        NpgsqlConnection connection,
        Guid id,
        List<ExplainedItem> items,
        CancellationToken cancel
    )
    {
        await using var command = Command(RequestSql, connection, id);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return !await row.ReadAsync(cancel)
            ? null
            : new ExplainedRequest(
                row.GetString(0),
                new OwedDocument(
                    row.GetString(1),
                    row.GetString(2),
                    row.GetString(3),
                    row.GetInt64(4),
                    row.GetString(5),
                    items.ConvertAll(i => new OwedItem(i.No, i.MemberId, i.Amount))
                ),
                row.GetInt64(6),
                row.IsDBNull(7) ? null : row.GetFieldValue<DateOnly>(7),
                row.GetDateTime(8),
                row.GetString(9),
                Text(row, 10)
            );
    }

    private static async Task<List<ExplainedItem>> ReadItems(
        NpgsqlConnection connection,
        Guid id,
        CancellationToken cancel
    )
    {
        var items = new List<ExplainedItem>();
        await using var command = Command(ItemSql, connection, id);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            items.Add(
                new ExplainedItem(
                    row.GetInt32(0),
                    row.GetString(1),
                    row.GetInt64(2),
                    row.GetString(3),
                    Text(row, 4),
                    Text(row, 5),
                    Text(row, 6),
                    row.IsDBNull(7) ? null : row.GetDateTime(7),
                    row.GetBoolean(8)
                )
            );
        return items;
    }

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection, Guid id) =>
        new(sql, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } } };
}
