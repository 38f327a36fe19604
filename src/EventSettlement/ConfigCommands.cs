using System.CommandLine;
using EventSettlement.Cli;
using EventSettlement.Platform.Configuration;

namespace EventSettlement;

/// <summary><c>settle config show|check</c>: what is in force, and whether a server would start with it.</summary>
public static class ConfigCommands
{
    public static Command Command()
    {
        var show = new Command("show", "Print every key with its value in force; secrets are masked.");
        show.SetAction(_ => Show());
        var check = new Command("check", "List all mistakes in the configuration; ends with 1 if there are any.");
        check.SetAction(_ => Check());
        return new Command("config", "The configuration of this installation.") { show, check };
    }

    private static int Show()
    {
        var (settings, mistakes) = Server.Catalogue.Check(SettingSources.Read());
        var rows = Server.Catalogue.Show(settings);
        var width = rows.Max(r => r.Key.Length);
        foreach (var (key, value) in rows)
            Console.WriteLine($"{key.PadRight(width)}  {value}");
        return Report(mistakes);
    }

    private static int Check()
    {
        var (_, mistakes) = Server.Catalogue.Check(SettingSources.Read());
        if (mistakes.Count == 0)
            Console.WriteLine("The configuration is right.");
        return Report(mistakes);
    }

    private static int Report(IReadOnlyList<SettingMistake> mistakes)
    {
        foreach (var mistake in mistakes)
            Console.Error.WriteLine(mistake);
        return mistakes.Count == 0 ? 0 : 1;
    }
}
