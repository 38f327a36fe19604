using System.Text;
using System.Text.Unicode;
using CsvHelper;
using EventSettlement.Cli;

namespace EventSettlement.Payees;

/// <param name="Line">From 1, as an editor counts; a field may hold line ends.</param>
/// <param name="Field">Column at fault; null = the line as a whole.</param>
internal sealed record TaxFileMistake(long Line, string? Field, string Rule)
{
    public override string ToString() =>
        Field is null
            ? FormattableString.Invariant($"line {Line}: {Rule}")
            : FormattableString.Invariant($"line {Line}, {Field}: {Rule}");
}

/// <summary>
/// Tax profiles as a file has them: CSV (RFC 4180) in UTF-8 under a line that names the columns payee_id, from and
/// kind, in any order. Pure.
/// </summary>
internal static class TaxFile
{
    public const int MaxBytes = 64 * 1024 * 1024;

    private const string Names = "the first line names the columns payee_id, from and kind, separated by commas";

    private static readonly string[] Columns = ["payee_id", "from", "kind"];

    private static readonly CsvReaderOptions Rfc4180 = new()
    {
        Separator = ',',
        HasHeader = false,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    /// <returns>All profiles in the order of the file, and all that is wrong with it.</returns>
    public static (List<TaxProfile> Profiles, List<TaxFileMistake> Mistakes) Read(byte[] file)
    {
        var (profiles, mistakes) = (new List<TaxProfile>(), new List<TaxFileMistake>());
        if (!Utf8.IsValid(file))
            return (profiles, [new TaxFileMistake(LineOfBadText(file), null, "is text in UTF-8")]);
        using var rows = CsvReader.Create(file, Rfc4180);
        try
        {
            if (!rows.Read())
                return (profiles, [new TaxFileMistake(1, null, $"the file is empty; {Names}")]);
            if (Places(rows, mistakes) is { } places)
                while (rows.Read())
                    if (ReadRow(rows, places, mistakes) is { } profile)
                        profiles.Add(profile);
        }
        catch (CsvFormatException broken)
        {
            const string rule =
                "a field with a quote, a comma or a line end stands in quotes that end, and a quote in it is doubled";
            mistakes.Add(new TaxFileMistake(broken.LineNumber, null, rule));
        }

        return (profiles, mistakes);
    }

    /// <returns>Where each of <see cref="Columns"/> stands; null where the header is wrong.</returns>
    private static int[]? Places(CsvReader rows, List<TaxFileMistake> mistakes)
    {
        var header = Enumerable.Range(0, rows.FieldCount).Select(rows.GetString).ToArray();
        foreach (var name in header.Where(name => !Columns.Contains(name)))
            mistakes.Add(new TaxFileMistake(rows.LineNumber, null, $"'{Cut(name)}' is no column; {Names}"));
        foreach (var name in Columns.Where(name => header.Count(one => one == name) != 1))
            mistakes.Add(new TaxFileMistake(rows.LineNumber, name, $"stands once; {Names}"));
        return mistakes.Count > 0 ? null : [.. Columns.Select(name => Array.IndexOf(header, name))];
    }

    private static TaxProfile? ReadRow(CsvReader rows, int[] places, List<TaxFileMistake> mistakes)
    {
        var line = rows.LineNumber;
        if (rows.FieldCount == places.Length)
            return TaxRules.Read(
                rows.GetString(places[0]),
                rows.GetString(places[1]),
                rows.GetString(places[2]),
                (field, rule) => mistakes.Add(new TaxFileMistake(line, Listing.Column(field), rule))
            );
        mistakes.Add(new TaxFileMistake(line, null, $"has {places.Length} fields, and not {rows.FieldCount}"));
        return null;
    }

    // What is no such file may be one line as long as the file.
    private static string Cut(string name) => name.Length <= 64 ? name : name[..64] + "…";

    private static int LineOfBadText(ReadOnlySpan<byte> file)
    {
        var line = 1;
        while (Rune.DecodeFromUtf8(file, out var rune, out var length) == System.Buffers.OperationStatus.Done)
        {
            line += rune.Value == '\n' ? 1 : 0;
            file = file[length..];
        }

        return line;
    }
}
