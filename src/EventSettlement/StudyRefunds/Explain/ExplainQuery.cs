using EventSettlement.Contracts;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.StudyRefunds.Explain;

/// <summary>Why each member is owed this amount, from the fact to the payment.</summary>
public sealed class ExplainQuery(Database database)
{
    private const string RequestSql = """
        SELECT r.programme, r.subject, r.period, r.currency, r.amount, r.kept, r.items, r.policy, r.deposit, r.penalty,
               r.fact_topic, r.fact_partition, r.fact_offset, r.run_id, run.business_date, r.created_at, r.payable_at,
               coalesce(s.state, 'PENDING')
        FROM settlement_request r
        LEFT JOIN run ON run.run_id = r.run_id
        LEFT JOIN settlement s ON s.settlement_id = r.settlement_id
        WHERE r.settlement_id = @id
        """;

    private const string ItemSql = """
        SELECT no, member_id, amount, absences, state, transaction_id, error_code, error_message, paid_at, needs_person
        FROM settlement_item WHERE settlement_id = @id ORDER BY no
        """;

    /// <returns>Null when there is no such settlement.</returns>
    public async Task<Explanation?> Explain(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        ExplainedRequest request;
        await using (var command = Command(RequestSql, connection, id))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return null;
            request = ReadRequest(reader);
        }

        var items = new List<ExplainedItem>(request.Items);
        await using (var command = Command(ItemSql, connection, id))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                items.Add(ReadItem(reader, id));
        var paid = items.Where(i => i.State == "PAID").Sum(i => i.Amount);
        var lines = items.ConvertAll(i => new ExplainedLine(
            i.No,
            i.Key,
            i.MemberId,
            i.Amount,
            i.State,
            ExplainText.Item(request, i)
        ));
        return new Explanation(
            id,
            request.Programme,
            request.Subject,
            request.Period,
            request.State,
            request.Currency,
            request.Amount,
            paid,
            request.Kept,
            request.RunId,
            ExplainText.Total(request, items.Count, paid),
            lines
        );
    }

    private static ExplainedRequest ReadRequest(NpgsqlDataReader r) =>
        new(
            r.GetString(0),
            r.GetString(1),
            r.GetString(2),
            r.GetString(3),
            r.GetInt64(4),
            r.GetInt64(5),
            r.GetInt32(6),
            r.GetString(7),
            r.GetInt64(8),
            r.GetInt64(9),
            $"{r.GetString(10)}/{r.GetInt32(11)}/{r.GetInt64(12)}",
            r.GetInt64(13),
            r.IsDBNull(14) ? null : r.GetFieldValue<DateOnly>(14),
            r.GetDateTime(15),
            r.GetDateTime(16),
            r.GetString(17)
        );

    private static ExplainedItem ReadItem(NpgsqlDataReader r, Guid id) =>
        new(
            r.GetInt32(0),
            SettlementId.ItemKey(id, r.GetInt32(0)),
            r.GetString(1),
            r.GetInt64(2),
            r.GetInt32(3),
            r.GetString(4),
            Text(r, 5),
            Text(r, 6),
            Text(r, 7),
            r.IsDBNull(8) ? null : r.GetDateTime(8),
            r.GetBoolean(9)
        );

    private static string? Text(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection, Guid id) =>
        new(sql, connection) { Parameters = { new NpgsqlParameter<Guid>("id", id) } };
}
