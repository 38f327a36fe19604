using System.Runtime.CompilerServices;
using EventSettlement.Contracts;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Payouts;

/// <summary>Items as operators and files see them.</summary>
public sealed class ItemQueries(Database database)
{
    private const string Columns = """
        SELECT i.settlement_id, i.no, r.programme, r.subject, i.member_id, i.amount, r.currency, i.state, i.attempt,
            i.transaction_id, i.error_code, i.paid_at
        FROM settlement_request r JOIN settlement_item i ON i.settlement_id = r.settlement_id
        """;

    private const string OfSettlementSql = Columns + " WHERE r.settlement_id = $1 AND i.no > $2 ORDER BY i.no LIMIT $3";

    private const string OfRunSql =
        Columns + " WHERE r.run_id = $1 AND (i.settlement_id, i.no) > ($2, $3) ORDER BY i.settlement_id, i.no LIMIT $4";

    /// <param name="afterNo">Number of the last item seen; 0 = from the start.</param>
    public IAsyncEnumerable<ItemRow> OfSettlement(
        Guid settlementId,
        int afterNo = 0,
        int limit = int.MaxValue,
        CancellationToken cancel = default
    )
    {
        var command = database.Reads.CreateCommand(OfSettlementSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = settlementId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = afterNo });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return Read(command, cancel);
    }

    /// <summary>In the order of settlement id and number; streams, so a run of any size fits.</summary>
    public IAsyncEnumerable<ItemRow> OfRun(
        long runId,
        (Guid SettlementId, int No) after = default,
        int limit = int.MaxValue,
        CancellationToken cancel = default
    )
    {
        var command = database.Reads.CreateCommand(OfRunSql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = runId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after.SettlementId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = after.No });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return Read(command, cancel);
    }

    private static async IAsyncEnumerable<ItemRow> Read(
        NpgsqlCommand command,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var owned = command;
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            yield return new ItemRow(
                rows.GetGuid(0),
                rows.GetInt32(1),
                SettlementId.ItemKey(rows.GetGuid(0), rows.GetInt32(1)),
                rows.GetString(2),
                rows.GetString(3),
                rows.GetString(4),
                rows.GetInt64(5),
                rows.GetString(6),
                rows.GetString(7),
                rows.GetInt32(8),
                rows.IsDBNull(9) ? null : rows.GetString(9),
                rows.IsDBNull(10) ? null : rows.GetString(10),
                rows.IsDBNull(11) ? null : rows.GetFieldValue<DateTimeOffset>(11)
            );
    }
}

/// <summary>The columns of <c>settlement items</c>, in their order.</summary>
public sealed record ItemRow(
    Guid SettlementId,
    int No,
    string Key,
    string Programme,
    string Subject,
    string MemberId,
    long Amount,
    string Currency,
    string State,
    int Attempt,
    string? TransactionId,
    string? ErrorCode,
    DateTimeOffset? PaidAt
);
