using System.CommandLine;
using System.Globalization;
using EventSettlement.Tests.Fuzz.Shared;

namespace EventSettlement.IntegrationTests.Fuzz.Cli;

/// <summary>A command line, and whether it stays for as long as somebody watches: those are read and not run.</summary>
internal sealed record CliCase(string[] Words, string Verb)
{
    private static readonly string[] Staying = ["serve", "sandbox", "dev", "bench"];

    public bool Stays => Words.Any(w => w is "watch" or "--watch" || Staying.Contains(w));

    /// <summary>
    /// Several ids are each tried, and the right lines of a file are sent where the wrong ones are to be left out, so
    /// one that is refused says nothing of the others.
    /// </summary>
    public bool MayDoPart => (Verb is "retry" or "replay" && Words.Length > 3) || Words.Contains("--skip-invalid");

    public override string ToString() => string.Join(' ', Words.Select(w => $"⟨{w}⟩"));
}

/// <summary>Lines of the verbs and options that there are, with values right and strange, and then spoilt.</summary>
internal sealed class CommandLines(Random random, Command root, string[] settlements, string[] files)
{
    private static readonly string[] Addresses =
    [
        "http://127.0.0.1:1",
        "nowhere",
        "",
        "ftp://127.0.0.1",
        "http://",
        "http://[::1",
        "file:///etc/hosts",
        "x y",
    ];

    private static readonly string[] Switches =
    [
        "--help",
        "-h",
        "-?",
        "--version",
        "--",
        "-x",
        "--no-such",
        "[suggest]",
    ];

    private static readonly string[] Moments =
    [
        "2026-11-21T10:00:00+09:00",
        "2031-01-01T00:00:00Z",
        "2026-11-21T10:00:00",
    ];

    public CliCase Next()
    {
        var words = new List<string>();
        var at = root;
        while (at.Subcommands.Count > 0)
        {
            at = Strange.Any(random, [.. at.Subcommands]);
            words.Add(at.Name);
        }

        foreach (var argument in at.Arguments)
            for (var times = argument.Arity.MaximumNumberOfValues > 1 ? random.Next(3) : 1; times > 0; times--)
                words.Add(Value(argument.Name, argument.ValueType));
        foreach (var option in at.Options)
            if (option.Name is not ("--help" or "--version") && random.Next(10) < (option.Required ? 9 : 2))
                words.AddRange(
                    option.ValueType == typeof(bool)
                        ? [option.Name]
                        : [option.Name, Value(option.Name, option.ValueType)]
                );
        if (random.Next(25) == 0)
            words.AddRange(["--api", Strange.Any(random, Addresses)]);
        if (random.Next(25) == 0)
            words.AddRange(["--key", Text()]);
        if (random.Next(4) == 0)
            Spoil(words);
        return new CliCase([.. words], at.Name);
    }

    private void Spoil(List<string> words)
    {
        var place = random.Next(words.Count);
        switch (random.Next(7))
        {
            case 0:
                words.RemoveAt(place);
                break;
            case 1:
                words.Insert(place, words[place]);
                break;
            case 2:
                words.Insert(place, Text());
                break;
            case 3:
                words[place] = Text();
                break;
            case 4:
                words[place] = words[place].Insert(random.Next(words[place].Length + 1), "x");
                break;
            case 5:
                words.Add(Strange.Any(random, Switches));
                break;
            default:
                words.Insert(random.Next(words.Count), "@" + Text());
                break;
        }
    }

    private string Value(string name, Type type)
    {
        if (random.Next(3) == 0)
            return Text();
        if (type == typeof(Guid) || type == typeof(Guid?) || type == typeof(Guid[]))
            return Strange.Any(random, settlements);
        return name switch
        {
            "--output" => Strange.Any(random, ["table", "json", "csv", "xml"]),
            "--date" => Strange.Any(random, ["2026-11-21", "2026-02-30", "1999-12-31", "9999-12-31"]),
            "--pay-at" => Strange.Any(random, Moments),
            "--state" => Strange.Any(random, ["FAILED", "completed", "open", "PAID,FAILED"]),
            "--status" => Strange.Any(random, ["PARKED", "discarded"]),
            "--programme" or "PROGRAMME" => Strange.Any(random, ["study-refund", "other"]),
            "--role" => Strange.Any(random, ["viewer", "Operator", "approver", "ADMIN", "5", "root"]),
            "--key" => Strange.Any(random, ["/studyId", "/x", "studyId"]),
            "TOPIC" => Strange.Any(random, ["study-completed", "settlements"]),
            "GROUP" => "saga",
            "NAME" => Strange.Any(random, ["member", "fuzz"]),
            "FILE" => Strange.Any(random, files),
            "ID" when type == typeof(string) => Strange.Any(random, settlements) + "-1:1",
            _ => Strange
                .Any(random, ["1", "2", "0", "-1", "99999", "99999999999999999999", "1.5"])
                .ToString(CultureInfo.InvariantCulture),
        };
    }

    // The operating system passes no NUL.
    private string Text() => Strange.Text(random).Replace("\0", "");
}
