using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.EventLog;

/// <summary><c>settle parked …</c>.</summary>
internal static class ParkedVerbs
{
    public const string Columns = "parked_id,topic,partition,offset,code,pointer,message,first_seen,status";

    private static readonly Argument<long> Id = new("ID") { Description = "Parked id." };

    public static Command Command()
    {
        var status = Verb.Text("--status", "PARKED, REPLAYED or DISCARDED.");
        return new Command("parked", "Messages that could not be handled, byte for byte.")
        {
            Verb.List(
                "list",
                "Parked messages, the oldest first.",
                Columns,
                p => "v1/parked" + Verb.Query(("status", p.GetValue(status)?.ToUpperInvariant())),
                status
            ),
            Verb.Show("show", "One message with its body.", Id, p => $"v1/parked/{p.GetValue(Id)}"),
            Replay(),
            Discard(),
        };
    }

    private static Command Replay()
    {
        var ids = new Argument<long[]>("ID") { Description = "Parked ids.", Arity = ArgumentArity.OneOrMore };
        var consent = new BulkConsent();
        var verb = new Command("replay", "Send the exact bytes again to the topic they came from.") { ids };
        consent.AddTo(verb);
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                var wanted = parsed.GetValue(ids)!.Distinct().ToList();
                consent.Check(parsed, "replay", wanted.Count, null);
                var exit = ExitCode.Ok;
                foreach (var id in wanted)
                    try
                    {
                        await api.Post($"v1/parked/{id}/replay", null, cancel);
                        Console.WriteLine($"replay {id}: DONE");
                    }
                    catch (CliException refused)
                    {
                        await Console.Error.WriteLineAsync(refused.Message);
                        exit = exit == ExitCode.Ok ? refused.ExitCode : exit;
                    }

                return exit;
            }
        );
        return verb;
    }

    private static Command Discard()
    {
        var reason = Verb.Needed("--reason", "Why, for the record.");
        var verb = new Command("discard", "Keep the row and handle the message no more.") { Id, reason };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                await api.Post(
                    $"v1/parked/{parsed.GetValue(Id)}/discard",
                    new { reason = parsed.GetValue(reason) },
                    cancel
                );
                Console.WriteLine($"discard {parsed.GetValue(Id)}: DONE");
                return ExitCode.Ok;
            }
        );
        return verb;
    }
}
