using System.CommandLine;
using EventSettlement.StudyRefunds.Intake;

namespace EventSettlement.Cli.Verbs;

/// <summary><c>settle produce TOPIC FILE.jsonl</c>.</summary>
internal static class ProduceVerb
{
    public static Command Command()
    {
        var topic = new Argument<string>("TOPIC") { Description = "Such as study-completed." };
        var file = new Argument<string>("FILE") { Description = "One JSON object a line." };
        var key = Verb.Text("--key", "JSON pointer to each record's key, such as /studyId.");
        var verb = new Command("produce", "Send a file of facts to an intake topic.") { topic, file, key };
        verb.SetAction(async (parsed, cancel) =>
        {
            var path = parsed.GetValue(file)!;
            if (!File.Exists(path))
                throw new CliException(ExitCode.Usage, $"there is no file {path}");
            using var api = ApiClient.Of(parsed);
            var answer = await new FactFile(api.Http).Send(parsed.GetValue(topic)!, path, parsed.GetValue(key), null,
                cancel);
            Console.WriteLine($"{answer.Accepted} accepted");
            foreach (var problem in answer.Problems)
                await Console.Error.WriteLineAsync(
                    $"line {problem.Line}{problem.Pointer}: {problem.Code}: {problem.Rule}");
            return answer.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return verb;
    }
}
