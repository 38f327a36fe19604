using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.Alerts;

/// <summary><c>settle alert list</c>.</summary>
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
                "cause,code,state,count,amount,currency,first_at,last_at,message,next",
                p => "v1/alerts" + Verb.Query(("state", p.GetValue(state)?.ToUpperInvariant())),
                state
            ),
        };
    }
}
