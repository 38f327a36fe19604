using EventSettlement.Cli;

return await CommandLine.Run("Settles what is owed: facts in, money out, once.", args, EveryVerb.Commands());
