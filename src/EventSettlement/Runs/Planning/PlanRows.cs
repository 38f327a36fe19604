using EventSettlement.Ledger;
using EventSettlement.Platform;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Runs.Planning;

/// <summary>What a chunk writes into the planner's tables.</summary>
internal static class PlanRows
{
    private const string RequestSql = """
        INSERT INTO settlement_request (settlement_id, programme, subject, period, run_id, downstream, currency, amount,
            items, parts, payable_at, created_at, booking, basis, hold_reason)
        SELECT id, $1, subject, period, $2, $3, currency, amount, items, parts, $4, $5, booking::jsonb, basis::jsonb,
            hold_reason
        FROM unnest($6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             AS planned (id, subject, period, currency, amount, items, parts, booking, basis, hold_reason)
        ON CONFLICT DO NOTHING
        RETURNING settlement_id
        """;

    private const string PartSql = "INSERT INTO settlement_part (settlement_id, part) SELECT * FROM unnest($1, $2)";

    private const string CopySql = """
        COPY settlement_item (settlement_id, no, part, member_id, amount, state, paid_at) FROM STDIN (FORMAT BINARY)
        """;

    public static NpgsqlBatchCommand Requests(
        IReadOnlyList<PlannedSettlement> chunk,
        RunLease lease,
        string downstream,
        DateTime payableAt,
        DateTime now
    ) =>
        new NpgsqlBatchCommand(RequestSql)
        {
            Parameters =
            {
                new() { Value = lease.Programme },
                new() { Value = lease.Run },
                new() { Value = downstream },
                new() { Value = payableAt, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        }
            .Uuids(chunk, c => c.Id)
            .Texts(chunk, c => c.Owed.Subject)
            .Texts(chunk, c => c.Owed.Period)
            .Texts(chunk, c => c.Owed.Currency)
            .Bigints(chunk, c => c.Total)
            .Integers(chunk, c => c.Owed.Amounts.Length)
            .Integers(chunk, c => c.Parts.Length)
            .Texts(chunk, c => Booking.Write(c.Creation))
            .Texts(chunk, c => c.Owed.Basis)
            .Array(chunk, NpgsqlDbType.Text, c => c.HoldReason);

    public static NpgsqlBatchCommand Parts(IReadOnlyList<PlannedSettlement> chunk)
    {
        var parts = chunk
            .SelectMany(c => Enumerable.Range(0, c.Parts.Length), (c, part) => (c.Id, Part: part))
            .ToList();
        return new NpgsqlBatchCommand(PartSql).Uuids(parts, p => p.Id).Integers(parts, p => p.Part);
    }

    /// <summary>Items by COPY: no other way in costs less a row.</summary>
    public static async Task CopyItems(
        NpgsqlConnection connection,
        IReadOnlyList<PlannedSettlement> chunk,
        DateTime now,
        CancellationToken cancel
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopySql, cancel);
        foreach (var planned in chunk)
            for (var i = 0; i < planned.Owed.Amounts.Length; i++)
            {
                // Nothing is owed to this payee, so it is paid as it is planned and no downstream hears of it.
                var nothing = planned.Owed.Amounts[i] == 0;
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(planned.Id, NpgsqlDbType.Uuid, cancel);
                await copy.WriteAsync(i + 1, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(i / PlanRules.ItemsPerPart, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(planned.Owed.Payees[i], NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(planned.Owed.Amounts[i], NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(nothing ? "PAID" : "PENDING", NpgsqlDbType.Text, cancel);
                if (nothing)
                    await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
                else
                    await copy.WriteNullAsync(cancel);
            }

        await copy.CompleteAsync(cancel);
    }
}
