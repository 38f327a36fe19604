using System.Text.RegularExpressions;

namespace EventSettlement.Tests.Contracts;

/// <summary>Pages that must agree with each other and with the tree.</summary>
public sealed partial class PagesTests
{
    private static readonly string Root = TidyTests.FindRoot();

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        var broken =
            from page in Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories)
            let name = Path.GetRelativePath(Root, page)
            where !SourceText.IsGenerated(name) && !name.Split('/').Contains("TestResults")
            from link in Link().Matches(WithoutExamples(File.ReadAllText(page))).Select(m => m.Groups["to"].Value)
            where !link.Contains("://", StringComparison.Ordinal) && !Leads(page, link)
            select $"{name}: {link}";
        Assert.Empty(broken);
    }

    [Fact]
    public void The_Korean_readme_says_what_the_English_one_says()
    {
        var (english, korean) = (Read("README.md"), Read("README.ko.md"));
        Assert.Equal(Commands(english), Commands(korean));
        Assert.Equal(Links(english).Order(), Links(korean).Order());
        Assert.Equal(Headings(english).Count, Headings(korean).Count);
        Assert.Equal(Code(english).Order(), Code(korean).Order());
    }

    [Fact]
    public void Every_decision_stands_in_the_index_with_its_title_and_status()
    {
        var index = Read("docs/decisions/README.md");
        var wanted =
            from file in Directory.EnumerateFiles(Path.Combine(Root, "docs", "decisions"), "0*.md").Order()
            let title = File.ReadLines(file).First()[2..].Split(". ", 2)[1]
            select $"[{title}]({Path.GetFileName(file)})";
        var rows = index.Split('\n').Where(line => DecisionRow().IsMatch(line)).ToList();
        Assert.Equal(wanted, rows.Select(row => Link().Match(row).Value));
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

    private static bool Leads(string page, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
        return parts.Length == 1
            ? Path.Exists(target)
            : File.Exists(target) && Headings(File.ReadAllText(target)).Select(Anchor).Contains(parts[1]);
    }

    /// <summary>As GitHub makes it.</summary>
    private static string Anchor(string heading) =>
        NotOfAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    private static List<string> Headings(string text) =>
        [.. Heading().Matches(WithoutExamples(text)).Select(m => m.Groups["text"].Value)];

    /// <summary>Lines of examples, without the remarks that stand behind them.</summary>
    private static IEnumerable<string> Commands(string text) =>
        text.Split('\n')
            .Where(line => CommandLine().IsMatch(line))
            .Select(line => line.Split(" # ")[0].Split("  #")[0].Trim());

    private static IEnumerable<string> Links(string text) =>
        Link()
            .Matches(text)
            .Select(m => m.Groups["to"].Value)
            .Where(to => !to.StartsWith("README", StringComparison.Ordinal));

    private static IEnumerable<string> Code(string text) =>
        InlineCode().Matches(WithoutExamples(text)).Select(m => m.Value);

    private static string WithoutExamples(string text) => Fenced().Replace(text, "");

    [GeneratedRegex(@"\[[^\]\n]+\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\- _]")]
    private static partial Regex NotOfAnchor();

    [GeneratedRegex("^ *```.*?^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"^ +\./(run|test|settle)\b")]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"^\| [0-9]{4} \| .+ \| 2[0-9]{3}-[0-9]{2}-[0-9]{2} \| (in force|superseded.*) \|$")]
    private static partial Regex DecisionRow();
}
