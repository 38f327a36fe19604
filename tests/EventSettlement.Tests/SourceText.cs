using System.Text.RegularExpressions;

namespace EventSettlement.Tests;

/// <summary>One C# file or page of this repository as text.</summary>
internal sealed partial record SourceText(string Path, string[] Lines)
{
    /// <summary>A type at the outermost level.</summary>
    public sealed record Declared(string Name, string Kind, bool IsSealed, bool IsStatic);

    public static IEnumerable<SourceText> All(string root) =>
        new[] { "src", "tests" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(System.IO.Path.Combine(root, folder), "*.cs*", SearchOption.AllDirectories)
            )
            .Where(file => System.IO.Path.GetExtension(file) is ".cs" or ".cshtml")
            .Select(file => System.IO.Path.GetRelativePath(root, file))
            .Where(path => !IsGenerated(path))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceText(path, File.ReadAllLines(System.IO.Path.Combine(root, path))));

    public static bool IsGenerated(string path) => path.Split('/').Any(p => p is "bin" or "obj" or ".git" or ".settle");

    public IEnumerable<Declared> Types() =>
        Lines
            .Select(l => TypeLine().Match(l))
            .Where(m => m.Success)
            .Select(m => new Declared(
                m.Groups["name"].Value,
                m.Groups["kind"].Value,
                m.Groups["modifiers"].Value.Contains("sealed", StringComparison.Ordinal),
                m.Groups["modifiers"].Value.Contains("static", StringComparison.Ordinal)
            ));

    /// <summary>
    /// Members with a body in braces: a line at one level of indentation that opens, and the one that closes.
    /// </summary>
    public IEnumerable<(int Line, int Length)> Functions()
    {
        for (var at = 1; at < Lines.Length; at++)
        {
            if (Lines[at] != "    {" || NestedType().IsMatch(Lines[at - 1]))
                continue;
            var end = Array.FindIndex(Lines, at, l => l is "    }" or "    };");
            if (end > at)
                yield return (at, end - at + 1);
        }
    }

    [GeneratedRegex(
        @"^(?<modifiers>((public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe) )*)"
            + @"(?<kind>class|record struct|record class|record|struct|interface|enum) (?<name>\w+)"
    )]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\b")]
    private static partial Regex NestedType();
}
