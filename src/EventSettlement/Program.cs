using EventSettlement.Cli;
using EventSettlement.Cli.Verbs;
using EventSettlement.Dev;
using EventSettlement.Platform;

return await CommandLine.Run("Settles what is owed: facts in, money out, once.", args,
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
    BenchVerbs.Command());
