using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.Alerts;

/// <summary><c>settle alert …</c>.</summary>
internal static class AlertVerbs
{
    public static Command Command()
    {
        var state = Verb.Text("--state", "OPEN or CLOSED.");
        return new Command("alert", "What needs a person.")
        {
            Verb.List(
                "list",
                "Alerts, one a cause.",
                "cause,code,state,count,amount,currency,first_at,last_at,message,next,closed_by,close_reason",
                p => "v1/alerts" + Verb.Query(("state", p.GetValue(state)?.ToUpperInvariant())),
                state
            ),
            Close(),
        };
    }

    private static Command Close()
    {
        var cause = new Argument<string>("CAUSE") { Description = "As the list shows it." };
        var reason = Verb.Needed("--reason", "What was done about it.");
        var verb = new Command("close", "Close an alert that does not close by itself.") { cause, reason };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                await api.Post(
                    "v1/alerts/close",
                    new { cause = parsed.GetValue(cause), reason = parsed.GetValue(reason) },
                    cancel
                );
                Console.WriteLine($"close {Visible.Line(parsed.GetValue(cause)!)}: DONE");
                return ExitCode.Ok;
            }
        );
        return verb;
    }
}
