using EventSettlement.Platform;
using EventSettlement.Views.Statistics;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.CreatorRevenue.Months;

/// <summary>A sum that waits to be paid out with a later month, in won; less than 0 is owed by the creator.</summary>
/// <param name="Month">That carried it out.</param>
/// <param name="Cancelled">Because its settlement was cancelled.</param>
internal readonly record struct Carry(DateOnly Month, bool Cancelled, long Amount);

/// <summary>What was settled, as it is read.</summary>
internal sealed class SettledMonths(Database database, CreatorSums sums)
{
    private const string ClosedSql = """
        SELECT max(month), (SELECT began_at FROM creator_close ORDER BY month DESC LIMIT 1), min(month)
        FROM creator_close
        """;

    // What was given back by a cancelled settlement was carried out again: the month stays settled.
    private const string SettledSql = """
        SELECT creator_id, sum(amount)::bigint FROM (
            SELECT creator_id, earned AS amount FROM creator_month WHERE month = $1
            UNION ALL SELECT creator_id, amount FROM creator_correction WHERE corrected_month = $1) s
        WHERE $2 IS NULL OR creator_id = $2
        GROUP BY 1
        """;

    private const string PlannedSql = """
        SELECT creator_id, max(month) FROM creator_month WHERE month >= $1 AND ($2 IS NULL OR creator_id = $2)
        GROUP BY 1
        """;

    private const string CarriesSql = """
        SELECT creator_id, month, cancelled, amount FROM creator_carry
        WHERE taken_month IS NULL AND ($1 IS NULL OR creator_id = $1) ORDER BY creator_id, month, cancelled
        """;

    /// <returns>First and last month that is settled, and when the run of the last began; null = none is.</returns>
    public async Task<ClosedMonths?> ReadClosed(CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(ClosedSql);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return row.IsDBNull(0)
            ? null
            : new ClosedMonths(row.GetFieldValue<DateOnly>(2), row.GetFieldValue<DateOnly>(0), row.GetDateTime(1));
    }

    /// <returns>The month that comes to be settled next; null = nothing was ever watched.</returns>
    public async Task<DateOnly?> ReadOpen(ClosedMonths? closed, CancellationToken cancel) =>
        closed is not null ? closed.Last.AddMonths(1)
        : await sums.ReadFirstDay(cancel) is { } day ? RevenueMonth.Of(day)
        : null;

    /// <summary>By creator what was settled for a month so far, with all corrections of it, in won.</summary>
    public Task<Dictionary<string, long>> ReadSettled(DateOnly month, string? creator, CancellationToken cancel) =>
        Read(SettledSql, month, creator, row => row.GetInt64(1), cancel);

    /// <summary>By creator the last month that is planned, of this one and later ones.</summary>
    public Task<Dictionary<string, DateOnly>> ReadPlanned(DateOnly from, string? creator, CancellationToken cancel) =>
        Read(PlannedSql, from, creator, row => row.GetFieldValue<DateOnly>(1), cancel);

    /// <summary>By creator what no month has taken up.</summary>
    public async Task<Dictionary<string, List<Carry>>> ReadCarries(string? creator, CancellationToken cancel)
    {
        var carries = new Dictionary<string, List<Carry>>(StringComparer.Ordinal);
        await using var command = database.Reads.CreateCommand(CarriesSql);
        command.Parameters.Add(Text(creator));
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            if (!carries.TryGetValue(row.GetString(0), out var of))
                carries.Add(row.GetString(0), of = []);
            of.Add(new Carry(row.GetFieldValue<DateOnly>(1), row.GetBoolean(2), row.GetInt64(3)));
        }

        return carries;
    }

    private async Task<Dictionary<string, T>> Read<T>(
        string sql,
        DateOnly month,
        string? creator,
        Func<NpgsqlDataReader, T> value,
        CancellationToken cancel
    )
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        await using var command = database.Reads.CreateCommand(sql);
        command.Parameters.Add(new() { Value = month, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(Text(creator));
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            found.Add(row.GetString(0), value(row));
        return found;
    }

    private static NpgsqlParameter Text(string? text) =>
        new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

/// <param name="LastBegan">When the run that settled the last month began to look at facts, UTC.</param>
internal sealed record ClosedMonths(DateOnly First, DateOnly Last, DateTime LastBegan);
