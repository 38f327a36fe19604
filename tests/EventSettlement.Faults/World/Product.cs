namespace EventSettlement.Faults.World;

/// <summary>The program under test, as it was built.</summary>
internal static class Product
{
    /// <summary>FAULTS_PRODUCT names another build.</summary>
    public static string Path { get; set; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("FAULTS_PRODUCT") is { Length: > 0 } given)
            return given;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var built = System.IO.Path.Combine(
                at.FullName,
                "src",
                "EventSettlement",
                "bin",
                "Release",
                "net10.0",
                "settle.dll"
            );
            if (File.Exists(built))
                return built;
        }

        throw new InvalidOperationException("settle.dll is not built: dotnet build -c Release");
    }
}
