using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EventSettlement.Tests.FaultHarness;

/// <summary>The bugs of <c>./test --faults --teeth</c> are patches; each has to apply to the sources.</summary>
public sealed partial class PlantedBugTests
{
    private static readonly string Root = TidyTests.FindRoot();
    private static readonly string Harness = Path.Combine(Root, "tests", "EventSettlement.Faults");

    [Fact]
    public void Each_applies_to_the_sources()
    {
        var broken = Patches().Select(patch => (patch, Said: Check(patch))).Where(p => p.Said.Length > 0).ToList();
        Assert.True(
            broken.Count == 0,
            string.Join('\n', broken.Select(p => $"{Path.GetFileName(p.patch)} does not apply any more: {p.Said}"))
        );
    }

    [Fact]
    public void Each_that_is_hunted_has_its_patch_and_each_patch_is_hunted()
    {
        var list = File.ReadAllText(Path.Combine(Harness, "Running", "Teeth", "PlantedBug.cs"));
        Assert.Equal(
            HuntedName().Matches(list).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal),
            Patches().Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Each_says_in_its_first_line_what_is_wrong() =>
        Assert.All(Patches(), patch => Assert.Matches("^# [A-Z].*[.]$", File.ReadLines(patch).First()));

    private static string[] Patches()
    {
        var patches = Directory.GetFiles(Path.Combine(Harness, "Teeth"), "*.patch");
        Assert.NotEmpty(patches);
        return patches;
    }

    private static string Check(string patch)
    {
        var start = new ProcessStartInfo("git", ["apply", "--check", patch])
        {
            WorkingDirectory = Root,
            RedirectStandardError = true,
        };

        // Where the sources lie unversioned below a repository, git would look for the files there and say nothing.
        start.Environment["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(Root);
        using var git = Process.Start(start)!;
        var said = git.StandardError.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? "" : said.Trim();
    }

    [GeneratedRegex("""^\s+new\("([a-z-]+)", """, RegexOptions.Multiline)]
    private static partial Regex HuntedName();
}
