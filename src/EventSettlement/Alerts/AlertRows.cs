using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Alerts;

/// <summary>Something a person must look at. One row a cause; a repeat raises its count and opens it again.</summary>
/// <param name="Cause">Such as <c>downstream member stopped</c>.</param>
/// <param name="Next">What to do.</param>
/// <param name="Amount">Of money at stake; less than 0 = so much of it is no more.</param>
/// <param name="Count">How often it happened; less than 1 tells of nothing new, and opens no alert again.</param>
public sealed record Alert(
    string Cause,
    string Code,
    string Message,
    string Next,
    long Amount = 0,
    string? Currency = null,
    long Count = 1
);

/// <summary>Writes alerts in the transaction of what raised them.</summary>
public static class AlertRows
{
    private const string UpsertSql = """
        INSERT INTO alert AS a (cause, code, message, next, first_at, last_at, count, amount, currency)
        SELECT r.cause, r.code, r.message, r.next, clock(), clock(), r.count, r.amount, r.currency
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS r(cause, code, message, next, amount, currency, count)
        ORDER BY r.cause
        ON CONFLICT (cause) DO UPDATE SET count = a.count + excluded.count, amount = a.amount + excluded.amount,
            message = CASE WHEN excluded.count > 0 THEN excluded.message ELSE a.message END,
            next = CASE WHEN excluded.count > 0 THEN excluded.next ELSE a.next END,
            last_at = CASE WHEN excluded.count > 0 THEN excluded.last_at ELSE a.last_at END,
            state = CASE WHEN excluded.count > 0 THEN 'OPEN' ELSE a.state END,
            closed_by = CASE WHEN excluded.count > 0 THEN NULL ELSE a.closed_by END,
            close_reason = CASE WHEN excluded.count > 0 THEN NULL ELSE a.close_reason END
        """;

    private const string CloseSql =
        "UPDATE alert SET state = 'CLOSED', last_at = clock() WHERE cause = $1 AND state = 'OPEN'";

    /// <summary>What it was about is over.</summary>
    public static NpgsqlBatchCommand Close(string cause) =>
        new(CloseSql) { Parameters = { new NpgsqlParameter<string> { TypedValue = cause } } };

    public static NpgsqlBatchCommand Upsert(IEnumerable<Alert> raised)
    {
        // One statement may touch a row only once, so repeats of a cause are added up here.
        var alerts = raised
            .GroupBy(a => a.Cause)
            .Select(g =>
                (g.LastOrDefault(a => a.Count > 0) ?? g.Last()) with
                {
                    Amount = g.Sum(a => a.Amount),
                    Count = g.Sum(a => a.Count),
                }
            )
            .ToArray();
        var texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
        var numbers = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
        return new NpgsqlBatchCommand(UpsertSql)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = alerts.Select(a => a.Cause).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter { Value = alerts.Select(a => a.Code).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter { Value = alerts.Select(a => a.Message).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter { Value = alerts.Select(a => a.Next).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter { Value = alerts.Select(a => a.Amount).ToArray(), NpgsqlDbType = numbers },
                new NpgsqlParameter { Value = alerts.Select(a => a.Currency).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter { Value = alerts.Select(a => a.Count).ToArray(), NpgsqlDbType = numbers },
            },
        };
    }
}
