using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Platform;

/// <summary>
/// Array parameters for <c>unnest</c>, one a column, in the order of the statement. Their types are named, since the
/// driver would guess them from the first element.
/// </summary>
public static class RowArrays
{
    public static NpgsqlParameter Uuids(Guid[] values) => Parameter(values, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Integers(int[] values) => Parameter(values, NpgsqlDbType.Integer);

    public static NpgsqlParameter Smallints(short[] values) => Parameter(values, NpgsqlDbType.Smallint);

    public static NpgsqlParameter Bigints(long[] values) => Parameter(values, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Booleans(bool[] values) => Parameter(values, NpgsqlDbType.Boolean);

    public static NpgsqlParameter Times(DateTimeOffset[] values) => Parameter(values, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Texts(string?[] values) => Parameter(values, NpgsqlDbType.Text);

    public static NpgsqlBatchCommand Uuids<TRow>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        Func<TRow, Guid> value
    ) => command.Array(rows, NpgsqlDbType.Uuid, value);

    public static NpgsqlBatchCommand Texts<TRow>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        Func<TRow, string?> value
    ) => command.Array(rows, NpgsqlDbType.Text, value);

    public static NpgsqlBatchCommand Smallints<TRow>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        Func<TRow, short> value
    ) => command.Array(rows, NpgsqlDbType.Smallint, value);

    public static NpgsqlBatchCommand Integers<TRow>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        Func<TRow, int> value
    ) => command.Array(rows, NpgsqlDbType.Integer, value);

    public static NpgsqlBatchCommand Bigints<TRow>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        Func<TRow, long> value
    ) => command.Array(rows, NpgsqlDbType.Bigint, value);

    public static NpgsqlBatchCommand Booleans<TRow>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        Func<TRow, bool> value
    ) => command.Array(rows, NpgsqlDbType.Boolean, value);

    public static NpgsqlBatchCommand Times<TRow>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        Func<TRow, DateTimeOffset> value
    ) => command.Array(rows, NpgsqlDbType.TimestampTz, row => value(row).UtcDateTime);

    public static NpgsqlBatchCommand TimesOrNull<TRow>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        Func<TRow, DateTimeOffset?> value
    ) => command.Array(rows, NpgsqlDbType.TimestampTz, row => value(row)?.UtcDateTime);

    public static NpgsqlBatchCommand Array<TRow, T>(
        this NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        NpgsqlDbType type,
        Func<TRow, T> value
    )
    {
        command.Parameters.Add(Parameter(rows, type, value));
        return command;
    }

    public static NpgsqlParameter Parameter<TRow, T>(IReadOnlyList<TRow> rows, NpgsqlDbType type, Func<TRow, T> value)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(rows[i]);
        return Parameter(values, type);
    }

    private static NpgsqlParameter<T[]> Parameter<T>(T[] values, NpgsqlDbType type) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
