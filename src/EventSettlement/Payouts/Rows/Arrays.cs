using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Payouts.Rows;

/// <summary>Array parameters with their type said, since the driver would guess it from the first element.</summary>
internal static class Arrays
{
    public static NpgsqlParameter Uuids(Guid[] values) => Of(values, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Ints(int[] values) => Of(values, NpgsqlDbType.Integer);

    public static NpgsqlParameter Shorts(short[] values) => Of(values, NpgsqlDbType.Smallint);

    public static NpgsqlParameter Bools(bool[] values) => Of(values, NpgsqlDbType.Boolean);

    public static NpgsqlParameter Times(DateTimeOffset[] values) => Of(values, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Texts(string?[] values) => Of(values, NpgsqlDbType.Text);

    private static NpgsqlParameter Of<T>(T[] values, NpgsqlDbType type) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
