using System.CommandLine;
using EventSettlement.Cli.Verbs;
using EventSettlement.Dev;
using EventSettlement.Platform;

namespace EventSettlement.Cli;

/// <summary>All that <c>settle</c> can do.</summary>
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
            KeyVerbs.Command(),
            ProduceVerb.Command(),
            RunVerbs.Command(),
            SettlementVerbs.Command(),
            ItemVerbs.Command(),
            ParkedVerbs.Command(),
            AlertVerbs.Command(),
            DownstreamVerbs.Command(),
            LedgerVerbs.Command(),
            LogVerbs.Command(),
            BenchVerbs.Command(),
        ];
}
