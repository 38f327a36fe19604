using System.Data;
using Dapper;

namespace EventSettlement.Platform;

/// <summary>
/// What people look at: rows into records whose parameters have the names and the order of the columns. The ways of
/// money read by hand instead.
/// </summary>
public static class ColdReads
{
    static ColdReads()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Otherwise a time with an offset, which PostgreSQL does not take, would go there as it is.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new UtcTimes());
        SqlMapper.AddTypeHandler(new Dates());
    }

    /// <param name="values">
    /// The statement's @parameters are its properties. A null array has no type: the statement casts it.
    /// </param>
    public static async Task<List<T>> Query<T>(
        this Database database,
        string sql,
        object? values,
        CancellationToken cancel
    )
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancel))).AsList();
    }

    /// <returns>The one row; null where there is none.</returns>
    public static async Task<T?> QueryOne<T>(
        this Database database,
        string sql,
        object? values,
        CancellationToken cancel
    )
    {
        await using var connection = await database.Reads.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<T>(
            new CommandDefinition(sql, values, cancellationToken: cancel)
        );
    }

    private sealed class UtcTimes : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => new((DateTime)value, TimeSpan.Zero);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = value.UtcDateTime;
    }

    private sealed class Dates : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) =>
            value is DateOnly date ? date : DateOnly.FromDateTime((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, DateOnly value) => parameter.Value = value;
    }
}
