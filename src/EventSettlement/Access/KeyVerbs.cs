using System.CommandLine;
using System.Text.Json;
using EventSettlement.Cli;
using EventSettlement.Platform;

namespace EventSettlement.Access;

/// <summary><c>settle key …</c>: made in the database, since the first key cannot be asked for with a key.</summary>
internal static class KeyVerbs
{
    private static readonly Argument<string> Name = new("NAME")
    {
        Description = "Name of the key; it stands in histories.",
    };

    public static Command Command()
    {
        var role = new Option<Role>("--role")
        {
            Description = "viewer, operator, approver or admin",
            DefaultValueFactory = _ => Role.Viewer,
        };
        var create = new Command("create", "Make a key, or give a known name a new one; it is shown once.")
        {
            Name,
            role,
        };
        create.SetAction(
            (parsed, cancel) =>
                With(async keys =>
                {
                    Console.WriteLine(await keys.Create(parsed.GetValue(Name)!, parsed.GetValue(role), cancel));
                    return ExitCode.Ok;
                })
        );
        var revoke = new Command("revoke", "End a key.") { Name };
        revoke.SetAction(
            (parsed, cancel) =>
                With(async keys =>
                    await keys.Revoke(parsed.GetValue(Name)!, cancel) ? ExitCode.Ok : throw Unknown(parsed)
                )
        );
        var login = new Command("login", "A one-time code that opens the page with a key's rights.") { Name };
        login.SetAction(
            (parsed, cancel) =>
                With(async keys =>
                {
                    Console.WriteLine(
                        await keys.CreateLoginCode(parsed.GetValue(Name)!, cancel) ?? throw Unknown(parsed)
                    );
                    return ExitCode.Ok;
                })
        );
        var output = Listing.NewOutput();
        var list = new Command("list", "Keys without their secrets.") { output };
        list.SetAction(
            (parsed, cancel) =>
                With(async keys =>
                {
                    var rows = (await keys.List(cancel)).Select(k =>
                        JsonSerializer.SerializeToNode(k, JsonSerializerOptions.Web)!.AsObject()
                    );
                    await Listing.Write(
                        rows.ToAsyncEnumerable(),
                        "name,role,created_at,revoked_at",
                        parsed.GetValue(output)!,
                        Console.Out,
                        cancel
                    );
                    return ExitCode.Ok;
                })
        );
        return new Command("key", "Who may use the API; on the machine of the database's configuration.")
        {
            create,
            revoke,
            login,
            list,
        };
    }

    private static async Task<int> With(Func<KeyStore, Task<int>> work)
    {
        await using var database = new Database(
            Server.Catalogue.Load(PlatformSettings.Main).Get(PlatformSettings.Main)
        );
        return await work(new KeyStore(database));
    }

    private static CliException Unknown(ParseResult parsed) =>
        new(ExitCode.NotFound, $"there is no key {parsed.GetValue(Name)}");
}
