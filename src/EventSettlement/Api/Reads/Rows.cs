using System.Reflection;
using System.Text.Json;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Api;

/// <summary>Reads rows into records whose parameters have the names of the columns.</summary>
public static class Rows
{
    public static async Task<List<T>> Query<T>(
        this Database database,
        string sql,
        CancellationToken cancel,
        params object?[] values
    )
    {
        await using var command = database.Reads.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
            rows.Add(
                (T)
                    Shape<T>.Constructor.Invoke([
                        .. Shape<T>.Columns.Select((c, i) => Value(reader, c, Shape<T>.Types[i])),
                    ])
            );
        return rows;
    }

    private static object? Value(NpgsqlDataReader reader, string column, Type type)
    {
        var ordinal = reader.GetOrdinal(column);
        if (reader.IsDBNull(ordinal))
            return null;
        var value = reader.GetValue(ordinal);
        return value is DateTime time && type == typeof(DateTimeOffset) ? new DateTimeOffset(time, TimeSpan.Zero)
            : value is DateTime day && type == typeof(DateOnly) ? DateOnly.FromDateTime(day)
            : value is decimal sum && type == typeof(long) ? decimal.ToInt64(sum)
            : value;
    }

    private static class Shape<T>
    {
        private static readonly ParameterInfo[] Parameters = typeof(T).GetConstructors()[0].GetParameters();

        public static ConstructorInfo Constructor { get; } = typeof(T).GetConstructors()[0];

        public static string[] Columns { get; } =
        [.. Parameters.Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name!))];

        public static Type[] Types { get; } =
        [.. Parameters.Select(p => Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType)];
    }
}
