using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running;

/// <summary>The build that holds the planted bugs, beside the one that is tested.</summary>
internal static class PlantedBuild
{
    /// <summary>From here on it is the program under test; without a bug chosen it is as good as the other.</summary>
    public static async Task Use()
    {
        var release = Path.GetDirectoryName(Product.Path)!;
        var project = Path.GetFullPath(Path.Combine(release, "..", "..", ".."));
        await ChildProcess.Output(
            "dotnet",
            ["build", project, "-c", "Planted", "-v", "q", "--nologo"],
            [new("MSBUILDDISABLENODEREUSE", "1")],
            project
        );
        Product.Path = Path.Combine(project, "bin", "Planted", "net10.0", "settle.dll");
        if (!File.Exists(Product.Path))
            throw new InvalidOperationException($"{Product.Path} was not built");
    }
}
