using System.CommandLine;
using System.Globalization;
using EventSettlement.Cli;
using EventSettlement.Platform;

namespace EventSettlement.Views;

/// <summary><c>settle views generate</c>.</summary>
internal static class GenerateVerb
{
    public static Command Command()
    {
        var views = Count("--views", 100_000, "Lines.");
        var members = Count("--members", 100_000, "Who watches.");
        var contents = Count("--contents", 1_000, "What is watched, some much more than others.");
        var ads = Count("--ads", 200, "Ads that are shown with every third view.");
        var days = Count("--days", 7, "Over which views are spread; the last is the day before --to.");
        var seed = new Option<int>("--seed")
        {
            DefaultValueFactory = _ => 1,
            Description = "The same, the same views.",
        };
        var to = Verb.Text("--to", "The day after the last one; today in Seoul when not given.");
        var file = Verb.Text("--file", "Where they are written; standard output when not given.");
        var verb = new Command("generate", "Make view logs to try with, one JSON a line; settle views load sends them.")
        {
            views,
            members,
            contents,
            ads,
            days,
            seed,
            to,
            file,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                var end = Day(parsed.GetValue(to));
                var sample = new SampleViews(
                    parsed.GetValue(views),
                    parsed.GetValue(contents),
                    parsed.GetValue(ads),
                    parsed.GetValue(seed),
                    end.AddDays(-parsed.GetValue(days)),
                    parsed.GetValue(days)
                )
                {
                    Members = parsed.GetValue(members),
                };
                await using var output = parsed.GetValue(file) is { } path
                    ? File.Create(path)
                    : Console.OpenStandardOutput();
                await using var buffered = new BufferedStream(output, 1 << 16);
                foreach (var (_, body) in sample.Make())
                {
                    cancel.ThrowIfCancellationRequested();
                    buffered.Write(body);
                    buffered.WriteByte((byte)'\n');
                }

                return ExitCode.Ok;
            }
        );
        return verb;
    }

    private static DateOnly Day(string? text) =>
        text is null ? Seoul.DateOf(TimeProvider.System.GetUtcNow().UtcDateTime)
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
        : throw new CliException(ExitCode.Usage, "--to is a date such as 2026-11-20");

    private static Option<int> Count(string name, int usual, string description)
    {
        var option = new Option<int>(name) { DefaultValueFactory = _ => usual, Description = description };
        option.Validators.Add(told =>
        {
            if (told.GetValueOrDefault<int>() < 1)
                told.AddError($"{name} is at least 1");
        });
        return option;
    }
}
