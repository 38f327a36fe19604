using EventSettlement.Platform;
using EventSettlement.Views.Raw;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Views.Signals;

/// <summary>Bursts of a day, from the raw logs that are kept.</summary>
internal sealed class BurstReads(Database database)
{
    /// <summary>Views that are to be counted for a day, and some of other days.</summary>
    public async Task<long> Count(DateOnly day, CancellationToken cancel)
    {
        await using var command = Of(RawRows.Count, day);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <param name="content">Null = all.</param>
    public async Task<IReadOnlyList<Burst>> Find(DateOnly day, string? content, CancellationToken cancel)
    {
        var counts = new BurstCounts();
        var number = ViewDays.Of(day);
        await using var command = Of(RawRows.Read, day);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            foreach (ref readonly var view in RawBlock.Unpack(row.GetFieldValue<byte[]>(0), withMembers: true).AsSpan())
                if (!view.IsDuplicate && ViewDays.Of(view.ViewedAt) == number)
                    counts.Add(view);
        return [.. counts.Find().Where(burst => content is null || burst.Content == content)];
    }

    private NpgsqlCommand Of(string sql, DateOnly day)
    {
        var command = database.Reads.CreateCommand(sql);
        command.CommandTimeout = 300;
        foreach (var edge in (DateOnly[])[day, day])
            command.Parameters.Add(new() { Value = edge, NpgsqlDbType = NpgsqlDbType.Date });
        return command;
    }
}
