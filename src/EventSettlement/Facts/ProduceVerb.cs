using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.Facts;

/// <summary><c>settle produce TOPIC FILE.jsonl</c>.</summary>
internal static class ProduceVerb
{
    public static Command Command()
    {
        var topic = new Argument<string>("TOPIC") { Description = "A topic of facts." };
        var file = new Argument<string>("FILE") { Description = "One JSON object a line." };
        // The one name means two things, here as everywhere else; they are told apart by how they begin.
        var key = new Option<string[]>("--key")
        {
            Description = "JSON pointer to each record's key, such as /orderId; or the API key, sk_….",
        };
        var skip = new Option<bool>("--skip-invalid")
        {
            Description =
                "Send what is right and name what is not; without it a request with a wrong line is not taken.",
        };
        var verb = new Command("produce", "Send a file of facts to an intake topic.") { topic, file, key, skip };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                var path = parsed.GetValue(file)!;
                if (!File.Exists(path))
                    throw new CliException(ExitCode.Usage, $"there is no file {path}");
                var keys = parsed.GetValue(key) ?? [];
                using var api = ApiClient.Open(parsed, Array.Find(keys, IsSecret));
                var pointer = Array.Find(keys, IsPointer);
                var leaveOut = parsed.GetValue(skip);
                var sender = new FactFile(api.Http) { LeavesOutWrongLines = leaveOut };
                var sent = await SentFile.Send(
                    api,
                    shown => sender.Send(parsed.GetValue(topic)!, path, pointer, shown, cancel)
                );
                if (sent.Problems.Count == 0)
                    return ExitCode.Ok;
                await Console.Error.WriteLineAsync(
                    leaveOut
                        ? $"Wrong lines: {sent.Refused.Count}, left out: correct them and send the file again, "
                            + "nothing counts twice."
                        : $"Wrong lines: {sent.Refused.Count}. What went in one request with them was not taken "
                            + "either: correct them and send the file again, nothing counts twice; or send what is "
                            + "right with --skip-invalid."
                );
                return ExitCode.Failed;
            }
        );
        key.Validators.Add(r =>
        {
            var given = r.GetValueOrDefault<string[]>() ?? [];
            if (
                given.Count(IsPointer) > 1
                || given.Count(IsSecret) > 1
                || !Array.TrueForAll(given, k => IsPointer(k) || IsSecret(k))
            )
                r.AddError("--key is a JSON pointer such as /orderId, and may be given again as the API key");
        });
        return verb;
    }

    private static bool IsPointer(string key) => key.StartsWith('/');

    private static bool IsSecret(string key) => key.StartsWith("sk_", StringComparison.Ordinal);
}
