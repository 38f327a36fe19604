using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Facts;

namespace EventSettlement.Policies;

/// <summary><c>settle policy …</c>.</summary>
internal static class PolicyVerbs
{
    private const string Columns = "programme,effective_from,corrects,put_by,put_at";
    private const string Document = "document";

    private static readonly Argument<string> Programme = new("PROGRAMME") { Description = "Its name." };

    public static Command Command() =>
        new("policy", "What a programme is calculated by, from a day on.") { Put(), List(), Show() };

    private static Command Put()
    {
        var file = new Argument<string>("FILE") { Description = "The policy as JSON." };
        var corrects = new Option<bool>("--corrects")
        {
            Description = "It may change settled periods: corrections are then lines of the next one.",
        };
        var output = Listing.NewOutput();
        var verb = new Command("put", "Put a version; it is never edited. Says what it changes.")
        {
            Programme,
            file,
            corrects,
            output,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                var policy = await Read(parsed.GetValue(file)!, cancel);
                using var api = ApiClient.Open(parsed);
                var body = $$"""{"policy":{{policy}},"corrects":{{(parsed.GetValue(corrects) ? "true" : "false")}}}""";
                try
                {
                    var put = await api.PostWritten(Path(parsed), body, cancel);
                    Listing.One(put, parsed.GetValue(output)!, Console.Out, Document);
                    return ExitCode.Ok;
                }
                catch (CliException refused) when (refused.Problem?.Text("code") == "invalid_policy")
                {
                    throw new CliException(
                        refused.ExitCode,
                        string.Join('\n', [refused.Message, .. MistakesIn(refused.Problem!)])
                    );
                }
            }
        );
        return verb;
    }

    private static Command List()
    {
        var verb = Verb.List("list", "Versions, by effective date.", Columns, Path);
        verb.Add(Programme);
        return verb;
    }

    private static Command Show()
    {
        var date = new Argument<string>("DATE") { Description = "Its effective date, such as 2026-11-01." };
        var output = Listing.NewOutput();
        var verb = new Command("show", "One version with its document.") { Programme, date, output };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                var version = await api.Get($"{Path(parsed)}/{Uri.EscapeDataString(parsed.GetValue(date)!)}", cancel);
                Listing.One(version, parsed.GetValue(output)!, Console.Out, Document);
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    private static string Path(ParseResult parsed) =>
        "v1/policies/" + Uri.EscapeDataString(parsed.GetValue(Programme)!);

    /// <summary>
    /// A policy's file as it is written: it becomes a field of a request, so it is one value with nothing behind it.
    /// </summary>
    /// <exception cref="CliException">It is not there, too long, or not JSON in UTF-8.</exception>
    public static async Task<string> Read(string path, CancellationToken cancel)
    {
        if (new FileInfo(path) is not { Exists: true } file)
            throw new CliException(ExitCode.Usage, $"there is no file {path}");
        if (file.Length > FactBody.MaxBytes)
            throw new CliException(ExitCode.Usage, $"{path} has more than {FactBody.MaxBytes} bytes");
        try
        {
            var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            var text = await File.ReadAllTextAsync(path, strict, cancel);
            JsonElement.Parse(text);
            return text;
        }
        catch (Exception wrong) when (wrong is JsonException or DecoderFallbackException)
        {
            throw new CliException(ExitCode.Usage, $"{path} is not JSON in UTF-8: {wrong.Message}");
        }
    }

    /// <summary>Pointers are into the file, and not into the request that it was sent in.</summary>
    private static IEnumerable<string> MistakesIn(JsonObject problem)
    {
        const string field = "/policy";
        foreach (var error in problem.Rows("errors"))
        {
            var pointer = error.Text("pointer") ?? "";
            var inFile = pointer.StartsWith(field, StringComparison.Ordinal) ? pointer[field.Length..] : pointer;
            yield return $"{(inFile.Length == 0 ? "the file" : inFile)}: {error.Text("rule")}";
        }
    }
}
