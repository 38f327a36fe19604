using System.CommandLine;
using System.Text.Json;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Sandbox;

namespace EventSettlement.Sandbox;

/// <summary><c>settle sandbox</c>.</summary>
internal static class SandboxVerb
{
    public static Command Command()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where it listens.",
            DefaultValueFactory = _ => "http://127.0.0.1:9700",
        };
        var port = new Option<int?>("--port") { Description = "Short for --urls http://127.0.0.1:PORT." };
        var journal = new Option<string>("--journal")
        {
            Description = "File that holds every credit, made when it is not there.",
            DefaultValueFactory = _ => Path.Combine(DeskFolder.Path, "sandbox.jsonl"),
        };
        var faults = new Option<string>("--faults")
        {
            Description = "Fault switches as JSON.",
            DefaultValueFactory = _ => "{}",
        };
        var verb = new Command("sandbox", "A member service to try against, in its own process.")
        {
            urls,
            port,
            journal,
            faults,
        };
        urls.Validators.Add(r =>
        {
            if (!(r.GetValueOrDefault<string>() ?? "").Split(';').All(SettingKinds.IsListenAddress))
                r.AddError("--urls takes http addresses such as http://127.0.0.1:9700, several with semicolons");
        });
        port.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int?>() is < 0 or > 65_535)
                r.AddError("--port takes a number from 0 to 65535");
        });
        faults.Validators.Add(r =>
        {
            try
            {
                Faults.Parse(r.GetValueOrDefault<string>() ?? "");
            }
            catch (JsonException wrong)
            {
                r.AddError("--faults: " + wrong.Message);
            }
        });
        verb.SetAction(
            (parsed, stop) =>
                SandboxApp.Run(
                    new SandboxOptions(
                        parsed.GetValue(port) is { } p ? $"http://127.0.0.1:{p}" : parsed.GetValue(urls)!,
                        parsed.GetValue(journal)!,
                        Faults.Parse(parsed.GetValue(faults)!)
                    ),
                    stop
                )
        );
        return verb;
    }
}
