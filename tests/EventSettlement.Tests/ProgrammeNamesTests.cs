using System.Globalization;
using EventSettlement.Views;

namespace EventSettlement.Tests;

/// <summary>A programme's name and its words stand in its folder, its migration, and two lines of Server.cs.</summary>
public sealed class ProgrammeNamesTests
{
    private static readonly string Root = TidyTests.FindRoot();

    /// <summary>Words that nobody but the programme has a use for, beside its name, topics and account.</summary>
    private static readonly Dictionary<string, string[]> Words = new()
    {
        ["study-refund"] = ["study", "studies", "absence", "deposit", "forfeit"],
        ["creator-revenue"] = ["MilliWon", "cost-of-revenue"],
    };

    // Facts that a slice of their own counts, whoever is paid for them.
    private static readonly string[] Counted = [ViewsSlice.Topic, ViewsSlice.OwnersTopic];

    // A bench measures one programme from end to end, and ./run has an option that users know by this name.
    private static readonly string[] Exceptions = ["Bench/", "DevOptions.cs", "options.Studies"];

    [Fact]
    public void A_programme_is_named_only_in_its_folder()
    {
        var found = new List<string>();
        foreach (var terms in Server.Programmes)
        {
            var folder = FolderOf(terms.Name);
            string[] words =
            [
                terms.Name,
                Pascal(terms.Name),
                terms.SourceAccount,
                .. terms.FactTopics.Except(Counted),
                .. Words.GetValueOrDefault(terms.Name) ?? [],
            ];
            found.AddRange(
                SourceText
                    .All(Root)
                    .Where(s => s.Path.StartsWith("src/", StringComparison.Ordinal) && !s.Path.Contains($"/{folder}/"))
                    .SelectMany(s => s.Lines, (s, line) => (s.Path, Line: line.Trim()))
                    .Where(l => Array.Exists(words, w => l.Line.Contains(w, StringComparison.OrdinalIgnoreCase)))
                    .Where(l => !IsTableOfContents(l.Path, l.Line, folder))
                    .Where(l => !Array.Exists(Exceptions, e => $"{l.Path} {l.Line}".Contains(e)))
                    .Select(l => $"{terms.Name} in {l.Path}: {l.Line}")
            );
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void Every_programme_has_its_words()
    {
        var missing = Server.Programmes.Select(t => t.Name).Except(Words.Keys).ToList();
        Assert.True(missing.Count == 0, $"add words of {string.Join(", ", missing)} to Words in this file");
        Assert.Equal(Server.Programmes.Select(t => t.Name).Order(), Words.Keys.Order());
    }

    /// <summary>Its name, or the plural of it where it is called after what it settles.</summary>
    private static string FolderOf(string programme)
    {
        string[] names = [Pascal(programme), Pascal(programme) + "s"];
        return Array.Find(names, name => Directory.Exists(Path.Combine(Root, "src", "EventSettlement", name)))
            ?? throw new DirectoryNotFoundException($"{programme} has no folder {string.Join(" or ", names)}");
    }

    private static bool IsTableOfContents(string path, string line, string folder) =>
        path.EndsWith("EventSettlement/Server.cs", StringComparison.Ordinal)
        && (line == $"using EventSettlement.{folder};" || line == $"{folder}Slice.Slice,");

    private static string Pascal(string name) =>
        string.Concat(name.Split('-').Select(CultureInfo.InvariantCulture.TextInfo.ToTitleCase));
}
