using System.Text.Json;

namespace EventSettlement.Sandbox;

/// <summary>What the sandbox is started with.</summary>
internal sealed record SandboxOptions(string Urls, string Journal, Faults Faults)
{
    /// <summary>Null, and what is wrong, where the arguments are not understood.</summary>
    public static SandboxOptions? Parse(IReadOnlyList<string> args, out string? fault)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["--urls"] = "http://127.0.0.1:9700", ["--journal"] = "", ["--faults"] = "{}",
        };
        for (var i = 0; i < args.Count; i += 2)
        {
            if (!given.ContainsKey(args[i]) || i + 1 == args.Count)
            {
                fault = given.ContainsKey(args[i]) ? $"{args[i]} needs a value" : $"unknown option {args[i]}";
                return null;
            }

            given[args[i]] = args[i + 1];
        }

        fault = given["--journal"].Length == 0 ? "--journal FILE is needed" : null;
        try
        {
            return fault is null
                ? new SandboxOptions(given["--urls"], given["--journal"], Faults.Parse(given["--faults"]))
                : null;
        }
        catch (JsonException e)
        {
            fault = "--faults: " + e.Message;
            return null;
        }
    }
}
