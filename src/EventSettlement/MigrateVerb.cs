using System.CommandLine;
using EventSettlement.Cli;
using EventSettlement.Platform;

namespace EventSettlement;

/// <summary><c>settle migrate</c>.</summary>
internal static class MigrateVerb
{
    public static Command Command()
    {
        var verb = new Command("migrate", "Bring the database to this version.");
        verb.SetAction(
            async (_, cancel) =>
            {
                var steps = await Migrator.Migrate(
                    Server.Catalogue.Load(PlatformSettings.Main).Get(PlatformSettings.Main),
                    cancel
                );
                Console.WriteLine(
                    steps.Count == 0 ? "The database is up to date." : "Made: " + string.Join(", ", steps)
                );
                return ExitCode.Ok;
            }
        );
        return verb;
    }
}
