using System.Text.RegularExpressions;

namespace EventSettlement.IntegrationTests.Contracts;

/// <summary>A page of docs/contracts, cut into its examples: what stands between two fences.</summary>
public static class ContractPage
{
    /// <param name="name">Such as <c>facts.md</c>.</param>
    public static IReadOnlyList<Example> Read(string name)
    {
        var examples = new List<Example>();
        var (above, before) = ("", "");
        Example? open = null;
        foreach (var (text, at) in File.ReadLines(Path(name)).Select((text, at) => (text, at)))
        {
            var fence = text.StartsWith("```", StringComparison.Ordinal);
            if (open is null && fence)
            {
                open = new Example(at + 1, above, text[3..], "");
            }
            else if (open is not null && fence)
            {
                examples.Add(open);
                (open, above) = (null, "");
            }
            else if (open is not null)
            {
                open = open with { Text = open.Text + text + "\n" };
            }
            else if (text.Length > 0)
            {
                above = before.Length > 0 ? $"{above} {text}" : text;
            }

            before = fence || text.StartsWith('#') ? "" : text;
        }

        Assert.True(open is null, $"{name} ends inside an example");
        return examples;
    }

    /// <summary>Where a page lies.</summary>
    public static string Path(string name)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (System.IO.Path.Combine(at.FullName, "docs", "contracts", name) is var page && File.Exists(page))
                return page;
        throw new InvalidOperationException("the tests do not run inside a clone");
    }
}

/// <summary>One example.</summary>
/// <param name="Line">Of its first fence, from 1.</param>
/// <param name="Above">The paragraph that stands above it: what the page says comes of it.</param>
/// <param name="Language">Such as json, http, sh.</param>
public sealed partial record Example(int Line, string Above, string Language, string Text)
{
    /// <summary>Code and pointer with which the page says that it is refused, or null.</summary>
    public (string Code, string Pointer)? Refused => Told(RefusedLine().Match(Above));

    /// <summary>Code and pointer with which it is parked although it was accepted, or null.</summary>
    public (string Code, string Pointer)? Parked => Told(ParkedLine().Match(Above));

    public bool Accepted => Above.StartsWith("Accepted", StringComparison.Ordinal);

    private static (string, string)? Told(Match said) =>
        said.Success ? (said.Groups["code"].Value, said.Groups["pointer"].Value) : null;

    [GeneratedRegex("^Refused with `(?<code>[a-z_]+)` at (`(?<pointer>/[^`]*)`|the whole body): ")]
    private static partial Regex RefusedLine();

    [GeneratedRegex("^Accepted, then parked with `(?<code>[a-z_]+)` at (`(?<pointer>/[^`]*)`|the whole body): ")]
    private static partial Regex ParkedLine();
}
