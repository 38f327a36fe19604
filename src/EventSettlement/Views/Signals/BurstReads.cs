using EventSettlement.Platform;
using EventSettlement.Views.Raw;
using NpgsqlTypes;

namespace EventSettlement.Views.Signals;

/// <summary>Bursts of a day, from the raw logs that are kept.</summary>
internal sealed class BurstReads(Database database)
{
    private const string CountRaw = """
        SELECT coalesce(sum(views), 0)::bigint FROM view_raw WHERE first_day <= $1 AND last_day >= $1
        """;

    private const string ReadRaw = "SELECT block FROM view_raw WHERE first_day <= $1 AND last_day >= $1 ORDER BY id";

    /// <summary>Views that lie in blocks with views of the day: some of them may be of other days.</summary>
    public async Task<long> Count(DateOnly day, CancellationToken cancel)
    {
        await using var command = database.Reads.CreateCommand(CountRaw);
        command.Parameters.Add(new() { Value = day, NpgsqlDbType = NpgsqlDbType.Date });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <param name="content">Null = all.</param>
    public async Task<IReadOnlyList<Burst>> Find(DateOnly day, string? content, CancellationToken cancel)
    {
        var counts = new BurstCounts();
        var number = ViewDays.Of(day);
        await using var command = database.Reads.CreateCommand(ReadRaw);
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = day, NpgsqlDbType = NpgsqlDbType.Date });
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            foreach (ref readonly var view in RawBlock.Unpack(row.GetFieldValue<byte[]>(0), withMembers: true).AsSpan())
                if (!view.IsDuplicate && ViewDays.Of(view.ViewedAt) == number)
                    counts.Add(view);
        return [.. counts.Find().Where(burst => content is null || burst.Content == content)];
    }
}
