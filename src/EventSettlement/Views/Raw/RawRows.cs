using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Raw;

/// <summary>The table <c>view_raw</c>.</summary>
internal static class RawRows
{
    private const string InsertSql = """
        INSERT INTO view_raw (arrived, first_day, last_day, views, block) VALUES ($1, $2, $3, $4, $5)
        """;

    /// <summary>Views that lie in blocks with views of days from $1 to $2: some of them may be of other days.</summary>
    public const string Count = """
        SELECT coalesce(sum(views), 0)::bigint FROM view_raw WHERE first_day <= $2 AND last_day >= $1
        """;

    /// <summary>These blocks, in the order in which they came.</summary>
    public const string Read = """
        SELECT block FROM view_raw WHERE first_day <= $2 AND last_day >= $1 ORDER BY id
        """;

    public static NpgsqlBatchCommand Insert(RawBlock raw)
    {
        var command = new NpgsqlBatchCommand(InsertSql);
        foreach (var day in (int[])[raw.Arrived, raw.FirstDay, raw.LastDay])
            command.Parameters.Add(new() { Value = ViewDays.ToDate(day), NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = raw.Views });
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = raw.Bytes });
        return command;
    }
}
