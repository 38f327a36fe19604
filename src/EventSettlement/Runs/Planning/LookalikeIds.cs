using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EventSettlement.Programmes;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Runs.Planning;

/// <summary>
/// Payee ids of a run that people take for one another: they differ only in Unicode's normalisation, compatibility
/// forms or invisible characters, or show nothing at all. Ids are compared byte by byte everywhere else.
/// </summary>
internal sealed class LookalikeIds
{
    /// <summary>Ids that are kept to be compared with later ones; a run with more is compared in part.</summary>
    public const int MostKept = 200_000;

    private const int MostShown = 20;

    // The database's normalisation: the process runs without ICU, where nothing is normalised.
    private const string NormalizeSql = """
        SELECT id, normalize(id, NFKC) FROM unnest($1) AS asked (id) WHERE id IS NOT NFKC NORMALIZED
        """;

    private static readonly SearchValues<char> Blanks = SearchValues.Create(' ');

    private readonly Dictionary<string, string> _byForm = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly List<string> _shown = [];

    /// <summary>The first that were found, with each character that is not ASCII spelled out.</summary>
    public IReadOnlyList<string> Shown => _shown;

    /// <returns>How many ids of these settlements are found that were not before.</returns>
    public async Task<int> Find(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<Owed> owed,
        CancellationToken cancel
    )
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in owed)
        foreach (var id in one.Payees)
            if (!Ascii.IsValid(id) || !id.AsSpan().ContainsAnyExcept(Blanks))
                asked.Add(id);
        if (asked.Count == 0)
            return 0;
        var before = _found.Count;
        var normalized = await Normalize(connection, transaction, asked, cancel);
        foreach (var id in asked.Order(StringComparer.Ordinal))
            Compare(id, Form(normalized.GetValueOrDefault(id, id)), owed);
        return _found.Count - before;
    }

    private void Compare(string id, string form, IReadOnlyList<Owed> owed)
    {
        if (form.Length == 0)
        {
            Add(id);
            return;
        }

        // ASCII ids are not kept, so the one that this looks like is looked for among those of the same settlements.
        if (Ascii.IsValid(form) && owed.Any(o => Array.BinarySearch(o.Payees, form, StringComparer.Ordinal) >= 0))
            Add(form, id);
        if (_byForm.TryGetValue(form, out var other))
        {
            if (other != id)
                Add(other, id);
        }
        else if (_byForm.Count < MostKept)
            _byForm.Add(form, id);
    }

    private void Add(params ReadOnlySpan<string> ids)
    {
        foreach (var id in ids)
            if (_found.Add(id) && _shown.Count < MostShown)
                _shown.Add(JsonSerializer.Serialize(id));
    }

    /// <summary>What is left to see of it.</summary>
    private static string Form(string normalized)
    {
        var seen = new StringBuilder(normalized.Length);
        foreach (var rune in normalized.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) is not UnicodeCategory.Format && !IsBlank(rune))
                seen.Append(rune);
        return seen.ToString();
    }

    // The filler of Hangul is a letter to Unicode and nothing to the eye.
    private static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value is 0x115F or 0x1160 or 0x3164;

    private static async Task<Dictionary<string, string>> Normalize(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyCollection<string> ids,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(NormalizeSql, connection, transaction);
        command.Parameters.Add(new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        var normalized = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            normalized.Add(row.GetString(0), row.GetString(1));
        return normalized;
    }
}
