using System.Text.RegularExpressions;

namespace EventSettlement.Tests;

/// <summary>The numbers and bans that keep this code readable; a breach names the file.</summary>
public sealed partial class TidyTests
{
    private const int LongestFile = 400;
    private const int LongestFunction = 70;
    private const int LongestLine = 120;
    private const int MostFilesInFolder = 20;
    private static readonly string Root = FindRoot();
    private static readonly SourceText[] Sources = [.. SourceText.All(Root)];

    [Fact]
    public void Files_are_short()
    {
        var sizes = Sources
            .Where(s => s.Path.StartsWith("src", StringComparison.Ordinal))
            .Select(s => s.Lines.Length)
            .Order()
            .ToArray();
        None(Sources.Where(s => s.Lines.Length > LongestFile).Select(s => $"{s.Path}: {s.Lines.Length} lines"));
        Assert.True(sizes[sizes.Length * 9 / 10] <= 200, $"p90 {sizes[sizes.Length * 9 / 10]} lines");
    }

    [Fact]
    public void Functions_are_short() =>
        None(
            Sources.SelectMany(s =>
                s.Functions()
                    .Where(f => f.Length > LongestFunction)
                    .Select(f => $"{s.Path}:{f.Line} has {f.Length} lines")
            )
        );

    [Fact]
    public void Lines_are_no_longer_than_a_screen() =>
        None(
            Sources.SelectMany(s =>
                s.Lines.Select((text, at) => (text, at))
                    .Where(l => l.text.Length > LongestLine)
                    .Select(l => $"{s.Path}:{l.at + 1} has {l.text.Length} columns")
            )
        );

    [Fact]
    public void Folders_hold_few_files() =>
        None(
            Sources
                .GroupBy(s => Path.GetDirectoryName(s.Path))
                .Where(g => g.Count() > MostFilesInFolder && !g.Key!.EndsWith("Contracts", StringComparison.Ordinal))
                .Select(g => $"{g.Key} holds {g.Count()} files")
        );

    [Fact]
    public void Names_say_what_a_thing_is() =>
        None(
            Sources
                .SelectMany(s => s.Types().Select(t => (s.Path, Name: t.Name)))
                .Where(t =>
                    BannedName().IsMatch(t.Name) && !t.Name.StartsWith("MemberService", StringComparison.Ordinal)
                )
                .Select(t => $"{t.Path}: {t.Name}")
        );

    [Fact]
    public void Nothing_is_left_lying_about() =>
        None(
            Sources
                .SelectMany(s =>
                    s.Lines.Select((text, at) => (text, at))
                        .Where(l => Leftover().IsMatch(l.text))
                        .Select(l => $"{s.Path}:{l.at + 1} {l.text.Trim()}")
                )
                .Where(l => !l.Contains(nameof(TidyTests)))
        );

    [Fact]
    public void Rules_know_no_clock_and_no_chance() =>
        None(
            Sources
                .Where(s => s.Path.EndsWith("Rules.cs", StringComparison.Ordinal))
                .SelectMany(s => s.Lines.Where(l => ClockOrChance().IsMatch(l)).Select(l => $"{s.Path}: {l.Trim()}"))
        );

    // P12: one broker takes an address that another refuses, so state machines name topics and never build addresses.
    [Fact]
    public void Addresses_are_made_in_one_place() =>
        None(
            Sources
                .Where(s => s.Path.StartsWith("src", StringComparison.Ordinal))
                .Where(s => !s.Path.EndsWith("Outgoing/TopicAddress.cs", StringComparison.Ordinal))
                .SelectMany(s => s.Lines.Where(l => Address().IsMatch(l)).Select(l => $"{s.Path}: {l.Trim()}"))
        );

    [Fact]
    public void Classes_are_sealed_and_interfaces_are_rare()
    {
        var types = Sources
            .Where(s => s.Path.StartsWith("src", StringComparison.Ordinal))
            .SelectMany(s => s.Types())
            .ToArray();
        var classes = types.Where(t => t.Kind == "class" && !t.IsStatic).ToArray();
        Assert.True(
            classes.Count(t => t.IsSealed) >= 0.75 * classes.Length,
            $"{classes.Count(t => t.IsSealed)} of {classes.Length} classes are sealed: "
                + string.Join(", ", classes.Where(t => !t.IsSealed).Select(t => t.Name))
        );
        Assert.True(
            types.Count(t => t.Kind == "interface") <= 0.05 * types.Length,
            $"{types.Count(t => t.Kind == "interface")} of {types.Length} types are interfaces"
        );
    }

    [Fact]
    public void No_file_names_a_folder_of_somebodys_machine() =>
        None(
            Directory
                .EnumerateFiles(Root, "*", SearchOption.AllDirectories)
                .Where(f =>
                    f.EndsWith(".cs", StringComparison.Ordinal)
                    || f.EndsWith(".md", StringComparison.Ordinal)
                    || f.EndsWith(".sql", StringComparison.Ordinal)
                    || f.EndsWith(".props", StringComparison.Ordinal)
                )
                .Where(f => !SourceText.IsGenerated(Path.GetRelativePath(Root, f)))
                .Where(f => MachinePath().IsMatch(File.ReadAllText(f)))
                .Select(f => Path.GetRelativePath(Root, f))
        );

    [Theory]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("LICENSE")]
    [InlineData("docs/ARCHITECTURE.md")]
    [InlineData("docs/GUARANTEES.md")]
    public void A_newcomer_finds(string file) => Assert.True(File.Exists(Path.Combine(Root, file)), file);

    [Fact]
    public void Decisions_fit_on_a_page() =>
        None(
            Directory
                .EnumerateFiles(Path.Combine(Root, "docs", "decisions"), "*.md")
                .Where(f => File.ReadLines(f).Count() > 40)
                .Select(f => $"{Path.GetFileName(f)} is longer than 40 lines")
        );

    private static void None(IEnumerable<string> breaches)
    {
        var found = breaches.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    internal static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "EventSettlement.sln")))
                return at.FullName;
        throw new InvalidOperationException("the tests do not run inside a clone");
    }

    // IBatchConsumer's kind of thing is fine: the ban is on words that say nothing.
    [GeneratedRegex("Helper|Util|Manager|Common|Core|Base(?!d)|Impl(?!ic)|Dto|Service(?!s?Name)")]
    private static partial Regex BannedName();

    [GeneratedRegex(
        @"#region|\bTODO\b|\bFIXME\b|\bHACK\b" + @"|^\s*//\s*(var|if|return|await|public|private)\b.*[;{)]\s*$"
    )]
    private static partial Regex Leftover();

    [GeneratedRegex(@"Guid\.NewGuid|DateTime(Offset)?\.|TimeProvider|Random|Stopwatch")]
    private static partial Regex ClockOrChance();

    [GeneratedRegex("\"(topic|queue|exchange|loopback|rabbitmq):")]
    private static partial Regex Address();

    [GeneratedRegex("(^|[\\s\"'`(])/(home|root|Users|work)/[a-zA-Z]")]
    private static partial Regex MachinePath();
}
