using System.Security.Cryptography;

namespace EventSettlement.Tests.Fuzz.Intake;

/// <summary>Bodies that were once answered wrongly: kept as files, and tried before all others.</summary>
internal static class FoundCases
{
    private static readonly string Folder = Path.Combine(
        TidyTests.FindRoot(),
        "tests",
        "EventSettlement.Tests",
        "Fuzz",
        "Intake",
        "Regression"
    );

    public static IEnumerable<(string Name, byte[] Body)> All() =>
        Directory
            .EnumerateFiles(Folder)
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)));

    /// <returns>Where it is kept.</returns>
    public static string Keep(byte[] body)
    {
        var name = $"found-{Convert.ToHexStringLower(SHA256.HashData(body))[..12]}.bin";
        File.WriteAllBytes(Path.Combine(Folder, name), body);
        return name;
    }
}
