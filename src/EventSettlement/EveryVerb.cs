using System.CommandLine;
using EventSettlement.Bench;
using EventSettlement.Cli;
using EventSettlement.Desk;
using EventSettlement.Sandbox;

namespace EventSettlement;

/// <summary>All that <c>settle</c> can do: what belongs to no slice, and what each slice brings.</summary>
public static class EveryVerb
{
    public static Command[] Commands() =>
        [
            ServeVerb.Command(),
            SandboxVerb.Command(),
            DevCommands.Command(),
            MigrateVerb.Command(),
            DoctorVerb.Command(),
            ConfigCommands.Command(),
            .. Server.Slices.SelectMany(slice => slice.Verbs()),
            BenchVerbs.Command(),
        ];
}
