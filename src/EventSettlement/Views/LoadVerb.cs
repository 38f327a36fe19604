using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using EventSettlement.Cli;
using EventSettlement.Facts;

namespace EventSettlement.Views;

/// <summary><c>settle views load FILE</c>.</summary>
internal static class LoadVerb
{
    private static readonly JsonSerializerOptions AsIs = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Command()
    {
        var file = new Argument<string>("FILE") { Description = "FILE.jsonl or FILE.csv, also packed as .gz." };
        var verb = new Command("load", "Send a file of view logs; a wrong line is named and the others are taken.")
        {
            file,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                var path = parsed.GetValue(file)!;
                if (!File.Exists(path))
                    throw new CliException(ExitCode.Usage, $"there is no file {path}");
                using var api = ApiClient.Open(parsed);
                var sender = new FactFile(api.Http) { LeavesOutWrongLines = true };
                try
                {
                    var sent = await SentFile.Send(
                        api,
                        shown => sender.Send(ViewsSlice.Topic, Lines(path, cancel), null, shown, cancel)
                    );
                    return sent.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
                }
                catch (InvalidDataException broken)
                {
                    throw new CliException(
                        ExitCode.Usage,
                        $"the file is not packed as its name says: {broken.Message}"
                    );
                }
            }
        );
        return verb;
    }

    /// <summary>Lines of JSON with their numbers in the file.</summary>
    internal static async IAsyncEnumerable<(int Number, byte[] Bytes)> Lines(
        string path,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var file = File.OpenRead(path);
        var isPacked = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        await using Stream plain = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
        var name = isPacked ? path[..^".gz".Length] : path;
        var lines = name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            ? Rows(plain, cancel)
            : FactChunks.Lines(plain, cancel);
        await foreach (var line in lines)
            yield return line;
    }

    /// <summary>Each row as the JSON of its fields: what is no number stays text, and is named as such.</summary>
    private static async IAsyncEnumerable<(int Number, byte[] Bytes)> Rows(
        Stream csv,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var rows = CsvReader.Create(
            csv,
            new CsvReaderOptions { HasHeader = false, TrackLineNumbers = true },
            leaveOpen: true
        );
        if (!await rows.ReadAsync(cancel))
            yield break;
        var fields = Enumerable.Range(0, rows.FieldCount).Select(rows.GetString).ToArray();
        while (await rows.ReadAsync(cancel))
        {
            var view = new JsonObject();
            for (var i = 0; i < Math.Min(fields.Length, rows.FieldCount); i++)
                view[fields[i]] = Value(fields[i], rows.GetString(i));
            yield return ((int)rows.LineNumber, JsonSerializer.SerializeToUtf8Bytes(view, AsIs));
        }
    }

    private static JsonValue? Value(string field, string cell) =>
        field switch
        {
            "adId" when cell.Length == 0 => null,
            "watchedSeconds" when IsWhole(cell) => JsonValue.Create(long.Parse(cell, CultureInfo.InvariantCulture)),
            "completed" when cell is "true" or "false" => JsonValue.Create(cell == "true"),
            _ => JsonValue.Create(cell),
        };

    private static bool IsWhole(string cell) => cell.Length is > 0 and <= 15 && cell.All(char.IsAsciiDigit);
}
