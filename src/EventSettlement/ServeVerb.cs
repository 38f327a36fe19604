using System.CommandLine;
using EventSettlement.Cli;
using EventSettlement.Platform;

namespace EventSettlement;

/// <summary><c>settle serve</c>.</summary>
internal static class ServeVerb
{
    public static Command Command()
    {
        var roles = new Option<string>("--roles")
        {
            Description = "Which of " + string.Join(',', Roles.All),
            DefaultValueFactory = _ => string.Join(',', Roles.All),
        };
        roles.Validators.Add(r =>
        {
            if (Split(r.GetValueOrDefault<string>()).Length == 0)
                r.AddError("--roles names at least one of " + string.Join(", ", Roles.All));
            foreach (var role in Split(r.GetValueOrDefault<string>()).Except(Roles.All))
                r.AddError($"there is no role {role}; there are {string.Join(", ", Roles.All)}");
        });
        var verb = new Command("serve", "Run a server until it is told to stop.") { roles };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                await Server.Run(Server.Catalogue.LoadServer(), Split(parsed.GetValue(roles)), cancel);
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    private static string[] Split(string? roles) =>
        roles?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
