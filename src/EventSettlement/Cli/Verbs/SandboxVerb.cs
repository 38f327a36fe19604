using System.CommandLine;
using EventSettlement.Sandbox;

namespace EventSettlement.Cli.Verbs;

/// <summary><c>settle sandbox</c>.</summary>
internal static class SandboxVerb
{
    public static Command Command()
    {
        var rest = new Argument<string[]>("OPTIONS") { Description = "Options of the sandbox; see docs/operations.", Arity = ArgumentArity.ZeroOrMore };
        var verb = new Command("sandbox", "A member service to try against, in its own process.") { rest };
        // The sandbox reads its own options, so that the same ones work where it is started by other means.
        verb.TreatUnmatchedTokensAsErrors = false;
        verb.SetAction((parsed, _) => SandboxApp.Run([.. parsed.GetValue(rest) ?? [], .. parsed.UnmatchedTokens]));
        return verb;
    }
}
