using EventSettlement.Contracts;
using EventSettlement.Messaging;
using EventSettlement.StudyRefunds;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Runs.Planning;

/// <summary>What a chunk writes into the planner's tables.</summary>
internal static class PlanRows
{
    // Not "run_id IS NULL": with the statistics of a time when all was planned PostgreSQL would go through the index of
    // unplanned studies for each row of the chunk, a second a chunk where there are 10,000.
    private static readonly string MarkSql = WithBug(
        """
        UPDATE study SET run_id = $2 FROM unnest($1) AS planned (id) WHERE study.study_id = planned.id
            AND coalesce(study.run_id, 0) = 0
        """
    );

    private const string RequestSql = """
        INSERT INTO settlement_request (settlement_id, programme, subject, period, run_id, downstream,
            currency, amount, kept, items, parts, payable_at, created_at, policy, deposit, penalty, fact_topic,
                fact_partition, fact_offset)
        SELECT id, $1, subject, $2, $3, $4, currency, amount, kept, items, parts, $5, $6, policy, deposit, penalty,
               topic, partition, place
        FROM unnest($7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
             AS planned (id, subject, currency, amount, kept, items, parts, policy, deposit, penalty,
                         topic, partition, place)
        ON CONFLICT DO NOTHING
        RETURNING settlement_id
        """;

    private const string PartSql = "INSERT INTO settlement_part (settlement_id, part) SELECT * FROM unnest($1, $2)";

    private const string CopySql = """
        COPY settlement_item (settlement_id, no, part, member_id, amount, absences, state, paid_at)
        FROM STDIN (FORMAT BINARY)
        """;

    private static string WithBug(string sql) =>
        Planted.Bug("unique-dropped")
            ? sql.Replace("AND coalesce(study.run_id, 0) = 0", "", StringComparison.Ordinal)
            : sql;

    public static NpgsqlBatchCommand Mark(IReadOnlyList<PlannedSettlement> chunk, long run) =>
        new(MarkSql)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Text, chunk, c => c.Study.StudyId),
                new() { Value = run },
            },
        };

    public static NpgsqlBatchCommand Requests(
        IReadOnlyList<PlannedSettlement> chunk,
        long run,
        string downstream,
        DateTime payableAt,
        DateTime now
    ) =>
        new(RequestSql)
        {
            Parameters =
            {
                new() { Value = Programmes.StudyRefund },
                new() { Value = PlanRules.Period },
                new() { Value = run },
                new() { Value = downstream },
                new() { Value = payableAt, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                Array(NpgsqlDbType.Uuid, chunk, c => c.Id),
                Array(NpgsqlDbType.Text, chunk, c => c.Study.StudyId),
                Array(NpgsqlDbType.Text, chunk, c => c.Study.Currency),
                Array(NpgsqlDbType.Bigint, chunk, c => c.Total),
                Array(NpgsqlDbType.Bigint, chunk, c => c.Kept),
                Array(NpgsqlDbType.Integer, chunk, c => c.Amounts.Length),
                Array(NpgsqlDbType.Integer, chunk, c => c.Parts.Length),
                Array(NpgsqlDbType.Text, chunk, c => RefundRules.Policy(c.Study.Deposit, c.Study.Penalty)),
                Array(NpgsqlDbType.Bigint, chunk, c => c.Study.Deposit),
                Array(NpgsqlDbType.Bigint, chunk, c => c.Study.Penalty),
                Array(NpgsqlDbType.Text, chunk, c => c.Study.FactTopic),
                Array(NpgsqlDbType.Integer, chunk, c => c.Study.FactPartition),
                Array(NpgsqlDbType.Bigint, chunk, c => c.Study.FactOffset),
            },
        };

    public static NpgsqlBatchCommand Parts(IReadOnlyList<PlannedSettlement> chunk)
    {
        var parts = chunk
            .SelectMany(c => Enumerable.Range(0, c.Parts.Length), (c, part) => (c.Id, Part: part))
            .ToList();
        return new NpgsqlBatchCommand(PartSql)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Uuid, parts, p => p.Id),
                Array(NpgsqlDbType.Integer, parts, p => p.Part),
            },
        };
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
            for (var i = 0; i < planned.Amounts.Length; i++)
            {
                // Nothing is owed to this member, so it is paid as it is planned and no downstream hears of it.
                var nothing = planned.Amounts[i] == 0;
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(planned.Id, NpgsqlDbType.Uuid, cancel);
                await copy.WriteAsync(i + 1, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(i / PlanRules.ItemsPerPart, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(planned.Study.Members[i], NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(planned.Amounts[i], NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(planned.Study.Absences[i], NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(nothing ? "PAID" : "PENDING", NpgsqlDbType.Text, cancel);
                if (nothing)
                    await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
                else
                    await copy.WriteNullAsync(cancel);
            }

        await copy.CompleteAsync(cancel);
    }

    private static NpgsqlParameter Array<TRow, TValue>(
        NpgsqlDbType type,
        IReadOnlyList<TRow> rows,
        Func<TRow, TValue> column
    ) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = rows.Select(column).ToArray() };
}
