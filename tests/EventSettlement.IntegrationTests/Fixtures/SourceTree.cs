namespace EventSettlement.IntegrationTests.Fixtures;

/// <summary>The clone that the tests were built in.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "EventSettlement.sln")))
            at = at.Parent ?? throw new InvalidOperationException("the tests do not run inside a clone");
        return at.FullName;
    }
}
