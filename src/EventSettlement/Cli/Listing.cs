using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using Spectre.Console;

namespace EventSettlement.Cli;

/// <summary>Rows out as table, JSON or CSV, under the column names of the interface.</summary>
public static class Listing
{
    /// <summary>A table is for reading: longer lists are for csv and json.</summary>
    private const int LongestTable = 10_000;

    /// <summary>Of a text that is no id; the whole of it is in csv, in json and in what shows one thing.</summary>
    private const int LongestCell = 200;

    /// <summary>More than any row has: a table that is cut to a width loses ids.</summary>
    private const int Unbounded = 1_000_000;

    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Readable = new(OneLine) { WriteIndented = true };

    public static Option<string> NewOutput()
    {
        var output = new Option<string>("--output", "-o")
        {
            Description = "table, json or csv",
            DefaultValueFactory = _ => "table",
        };
        output.AcceptOnlyFromAmong("table", "json", "csv");
        return output;
    }

    public static async Task Write(
        IAsyncEnumerable<JsonObject> rows,
        string columns,
        string output,
        TextWriter to,
        CancellationToken cancel
    )
    {
        var names = columns.Split(',');
        var fields = names.Select(Field).ToArray();
        if (output == "csv")
            await WriteCsv(rows, names, fields, to, cancel);
        else if (output == "json")
            await WriteJson(rows, names, fields, to, cancel);
        else
            await WriteTable(rows, names, fields, to, cancel);
    }

    /// <param name="document">A field whose names are not ours, and stay as they are.</param>
    public static void One(JsonNode node, string output, TextWriter to, string? document = null)
    {
        if (output == "json")
            to.WriteLine(WithNamesBut(document, node).ToJsonString(Readable));
        else if (output == "csv")
            WriteFieldsCsv(node.AsObject(), to);
        else
            foreach (var (name, value) in node.AsObject())
                if (value is JsonArray { Count: > 0 } list)
                    foreach (var entry in list)
                        to.WriteLine($"{Column(name), -22} {Visible.Line(Entry(entry))}");
                else
                    to.WriteLine($"{Column(name), -22} {(value is JsonArray ? "" : Visible.Line(Shown(value)))}");
    }

    /// <summary>The API's names as the columns of lists have them, so that scripts meet one spelling.</summary>
    public static JsonNode? WithColumnNames(JsonNode? node) =>
        node switch
        {
            JsonObject one => new JsonObject(
                one.Select(f => KeyValuePair.Create(Column(f.Key), WithColumnNames(f.Value)))
            ),
            JsonArray many => new JsonArray([.. many.Select(WithColumnNames)]),
            _ => node?.DeepClone(),
        };

    private static JsonNode WithNamesBut(string? document, JsonNode node)
    {
        var named = WithColumnNames(node)!;
        if (document is not null)
            named[Column(document)] = node[document]?.DeepClone();
        return named;
    }

    private static string Entry(JsonNode? entry) =>
        entry is JsonObject fields
            ? string.Join("  ", fields.Select(f => $"{Column(f.Key)} {Shown(f.Value)}"))
            : Shown(entry);

    /// <summary>RFC 4180, and no cell that a spreadsheet would run as a formula, also behind blanks.</summary>
    public static string Safe(string cell)
    {
        if (cell.Length == 0 || decimal.TryParse(cell, CultureInfo.InvariantCulture, out _))
            return cell;
        var first = cell.AsSpan().TrimStart();
        return char.IsControl(cell[0]) || first is ['=' or '+' or '-' or '@', ..] ? "'" + cell : cell;
    }

    public static string Column(string field) => JsonNamingPolicy.SnakeCaseLower.ConvertName(field);

    public static string Shown(JsonNode? value) =>
        value switch
        {
            null => "",
            JsonValue v when v.GetValueKind() == JsonValueKind.String => (string)v!,
            JsonValue v => v.ToJsonString(),
            _ => value.ToJsonString(OneLine),
        };

    private static string Field(string column)
    {
        var words = column.Split('_');
        return words[0] + string.Concat(words[1..].Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
    }

    private static async Task WriteCsv(
        IAsyncEnumerable<JsonObject> rows,
        string[] names,
        string[] fields,
        TextWriter to,
        CancellationToken cancel
    )
    {
        await using var csv = CsvWriter.Create(to, null, leaveOpen: true);
        await csv.WriteRecordAsync(names, cancel);
        await foreach (var row in rows.WithCancellation(cancel))
            await csv.WriteRecordAsync([.. fields.Select(f => Safe(Shown(row[f])))], cancel);
    }

    private static void WriteFieldsCsv(JsonObject node, TextWriter to)
    {
        using var csv = CsvWriter.Create(to, null, leaveOpen: true);
        csv.WriteRecord([.. node.Select(f => Column(f.Key))]);
        csv.WriteRecord([.. node.Select(f => Safe(Shown(f.Value)))]);
    }

    private static async Task WriteJson(
        IAsyncEnumerable<JsonObject> rows,
        string[] names,
        string[] fields,
        TextWriter to,
        CancellationToken cancel
    )
    {
        var first = true;
        await to.WriteAsync('[');
        await foreach (var row in rows.WithCancellation(cancel))
        {
            var shown = new JsonObject(names.Zip(fields, (n, f) => KeyValuePair.Create(n, WithColumnNames(row[f]))));
            await to.WriteAsync((first ? "\n  " : ",\n  ") + shown.ToJsonString(OneLine));
            first = false;
        }

        await to.WriteLineAsync(first ? "]" : "\n]");
    }

    private static async Task WriteTable(
        IAsyncEnumerable<JsonObject> rows,
        string[] names,
        string[] fields,
        TextWriter to,
        CancellationToken cancel
    )
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in names)
            table.AddColumn(new TableColumn(Markup.Escape(name)).NoWrap());
        var count = 0;
        await foreach (var row in rows.WithCancellation(cancel))
        {
            if (++count > LongestTable)
                throw new CliException(ExitCode.Usage, $"more than {LongestTable} rows: take --limit, or --output csv");
            table.AddRow([.. fields.Select(f => Markup.Escape(Cell(f, Shown(row[f]))))]);
        }

        using var drawn = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(drawn),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
            }
        );
        console.Profile.Width = Unbounded;
        console.Write(table);
        foreach (var line in drawn.ToString().Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0))
            await to.WriteLineAsync(line.AsMemory(), cancel);
    }

    private static string Cell(string field, string text)
    {
        var shown = Visible.Line(text);
        if (shown.Length <= LongestCell || field.EndsWith("Id", StringComparison.Ordinal) || field == "key")
            return shown;
        var end = char.IsHighSurrogate(shown[LongestCell - 2]) ? LongestCell - 2 : LongestCell - 1;
        return shown[..end] + "…";
    }
}
