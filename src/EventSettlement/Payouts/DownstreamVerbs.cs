using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.Payouts;

/// <summary><c>settle downstream …</c>.</summary>
internal static class DownstreamVerbs
{
    public static Command Command()
    {
        var name = new Argument<string>("NAME") { Description = "Such as member." };
        var resume = new Command("resume", "Pay through a stopped downstream again.") { name };
        resume.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                await api.Post($"v1/downstreams/{Uri.EscapeDataString(parsed.GetValue(name)!)}/resume", null, cancel);
                Console.WriteLine($"resume {parsed.GetValue(name)}: DONE");
                return ExitCode.Ok;
            }
        );
        return new Command("downstream", "The services that pay.")
        {
            Verb.List(
                "list",
                "Downstreams and why one is stopped.",
                "name,state,code,reason,since,actor",
                _ => "v1/downstreams"
            ),
            resume,
        };
    }
}
