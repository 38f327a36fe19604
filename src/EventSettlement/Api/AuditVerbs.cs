using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.Api;

/// <summary><c>settle audit list</c>.</summary>
internal static class AuditVerbs
{
    public static Command Command()
    {
        var actor = Verb.Text("--actor", "Of the key of this name.");
        var target = Verb.Text("--target", "A part of the path, such as a settlement's id.");
        return new Command("audit", "Who changed what.")
        {
            Verb.List(
                "list",
                "Changing requests, the newest first. For administrators.",
                "audit_id,at,actor,action,target,detail",
                p => "v1/audit" + Verb.Query(("actor", p.GetValue(actor)), ("target", p.GetValue(target))),
                actor,
                target
            ),
        };
    }
}
