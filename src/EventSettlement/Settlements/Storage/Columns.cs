using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Settlements.Storage;

/// <summary>
/// Array parameters for unnest, one a column, in the order of the statement. Types are named, never guessed.
/// </summary>
internal static class Columns
{
    public static NpgsqlBatchCommand Array<TRow, T>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        NpgsqlDbType type,
        Func<TRow, T> value
    )
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(rows[i]);
        command.Parameters.Add(
            new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type }
        );
        return command;
    }

    public static NpgsqlBatchCommand Uuids<TRow>(
        this NpgsqlBatchCommand c,
        IReadOnlyList<TRow> rows,
        Func<TRow, Guid> value
    ) => c.Array(rows, NpgsqlDbType.Uuid, value);

    public static NpgsqlBatchCommand Texts<TRow>(
        this NpgsqlBatchCommand c,
        IReadOnlyList<TRow> rows,
        Func<TRow, string?> value
    ) => c.Array(rows, NpgsqlDbType.Text, value);

    public static NpgsqlBatchCommand Integers<TRow>(
        this NpgsqlBatchCommand c,
        IReadOnlyList<TRow> rows,
        Func<TRow, int> value
    ) => c.Array(rows, NpgsqlDbType.Integer, value);

    public static NpgsqlBatchCommand Bigints<TRow>(
        this NpgsqlBatchCommand c,
        IReadOnlyList<TRow> rows,
        Func<TRow, long> value
    ) => c.Array(rows, NpgsqlDbType.Bigint, value);

    public static NpgsqlBatchCommand Booleans<TRow>(
        this NpgsqlBatchCommand c,
        IReadOnlyList<TRow> rows,
        Func<TRow, bool> value
    ) => c.Array(rows, NpgsqlDbType.Boolean, value);

    public static NpgsqlBatchCommand Times<TRow>(
        this NpgsqlBatchCommand c,
        IReadOnlyList<TRow> rows,
        Func<TRow, DateTimeOffset> value
    ) => c.Array(rows, NpgsqlDbType.TimestampTz, row => value(row).UtcDateTime);

    public static NpgsqlBatchCommand TimesOrNull<TRow>(
        this NpgsqlBatchCommand c,
        IReadOnlyList<TRow> rows,
        Func<TRow, DateTimeOffset?> value
    ) => c.Array(rows, NpgsqlDbType.TimestampTz, row => value(row)?.UtcDateTime);
}
