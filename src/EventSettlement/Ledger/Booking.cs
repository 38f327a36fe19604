using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Ledger;

/// <summary>
/// The lines of a creation by account name, as a request keeps them: <c>{"taken":-30000,"payable":24000,…}</c>.
/// So what was requested and what was posted can be held against each other for every programme.
/// </summary>
public static class Booking
{
    private const string PostedSql = """
        SELECT settlement_id, jsonb_object_agg(split_part(account, ':', 2), amount)::text
        FROM posting WHERE settlement_id = ANY ($1) AND kind = 'creation' GROUP BY settlement_id
        """;

    /// <param name="creation">Null when no money moves.</param>
    public static string Write(Posting? creation)
    {
        var text = new StringBuilder("{");
        foreach (var line in creation?.Lines ?? [])
            text.Append(
                CultureInfo.InvariantCulture,
                $"{(text.Length > 1 ? "," : "")}\"{Accounts.NameOf(line.Account)}\":{line.Amount}"
            );
        return text.Append('}').ToString();
    }

    public static SortedDictionary<string, long> Read(string booking)
    {
        using var json = JsonDocument.Parse(booking);
        var lines = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in json.RootElement.EnumerateObject())
            lines[line.Name] = line.Value.GetInt64();
        return lines;
    }

    /// <summary>Accounts whose amounts differ, with both amounts; 0 where a line is missing.</summary>
    public static IEnumerable<(string Account, long Expected, long Found)> Differences(
        IReadOnlyDictionary<string, long> expected,
        IReadOnlyDictionary<string, long> found
    ) =>
        expected
            .Keys.Union(found.Keys)
            .Order(StringComparer.Ordinal)
            .Select(account => (account, expected.GetValueOrDefault(account), found.GetValueOrDefault(account)))
            .Where(line => line.Item2 != line.Item3);

    /// <summary>What was posted for the creation of each of these settlements; none where nothing was.</summary>
    public static async Task<Dictionary<Guid, SortedDictionary<string, long>>> ReadPosted(
        NpgsqlConnection connection,
        Guid[] settlements,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(PostedSql, connection);
        command.Parameters.Add(new() { Value = settlements, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var posted = new Dictionary<Guid, SortedDictionary<string, long>>();
        while (await row.ReadAsync(cancel))
            posted[row.GetGuid(0)] = Read(row.GetString(1));
        return posted;
    }
}
