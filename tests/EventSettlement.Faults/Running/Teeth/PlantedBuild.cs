using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running.Teeth;

/// <summary>
/// Builds of the product with one bug each: its patch is applied to a copy of the sources, built, and taken back. The
/// one copy serves all of them in turn, so that each compiles no more than what its patch changes.
/// </summary>
internal sealed class PlantedBuild(string folder)
{
    private static readonly string[] NotBuilt = ["bin", "obj", "tests", "samples"];
    private readonly string _sources = Path.Combine(folder, "sources");
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The program with this bug, in a folder of its own.</summary>
    /// <exception cref="InvalidOperationException">The patch does not apply, or does not build.</exception>
    public async Task<string> Make(string bug)
    {
        var clone = Clone();
        var patch = Path.Combine(clone, "tests", "EventSettlement.Faults", "Teeth", bug + ".patch");
        var target = Path.Combine(folder, bug);
        await _turn.WaitAsync();
        try
        {
            if (!Directory.Exists(_sources))
                Copy(new DirectoryInfo(clone), _sources);
            await Apply(patch);
            try
            {
                await Build();
                var built = Path.Combine(_sources, "src", "EventSettlement", "bin", "Release", "net10.0");
                await ChildProcess.Output("cp", ["-a", built, target]);
            }
            finally
            {
                await Apply(patch, "--reverse");
            }
        }
        finally
        {
            _turn.Release();
        }

        return Path.Combine(target, "settle.dll");
    }

    // A folder above that is a repository would make git look for the files there, find none, and say nothing.
    private Task Apply(string patch, params string[] how) =>
        ChildProcess.Output("git", ["apply", .. how, patch], [new("GIT_CEILING_DIRECTORIES", folder)], _sources);

    // A bug need not be tidy.
    private Task Build() =>
        ChildProcess.Output(
            "dotnet",
            [
                "build",
                Path.Combine("src", "EventSettlement"),
                "-c",
                "Release",
                "-v",
                "q",
                "--nologo",
                "-p:TreatWarningsAsErrors=false",
                "-p:RunAnalyzers=false",
            ],
            [new("MSBUILDDISABLENODEREUSE", "1")],
            _sources
        );

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles())
            file.CopyTo(Path.Combine(to, file.Name));
        foreach (var below in from.EnumerateDirectories())
            if (below.Name[0] != '.' && !NotBuilt.Contains(below.Name))
                Copy(below, Path.Combine(to, below.Name));
    }

    private static string Clone()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "EventSettlement.sln")))
                return at.FullName;
        throw new InvalidOperationException("bugs are planted in the sources of a clone, and this is none");
    }
}
