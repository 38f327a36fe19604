using System.Globalization;
using System.Runtime.InteropServices;

namespace EventSettlement.Bench;

/// <summary>What a figure was measured on, without which it says nothing.</summary>
internal static class MeasuredOn
{
    private const string CpuFile = "/proc/cpuinfo";

    /// <summary>Processor, cores, memory and system, as this process may use them.</summary>
    public static string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Cpu()}, {Environment.ProcessorCount} cores, {Memory():N0} GB, {RuntimeInformation.OSDescription.Trim()}"
        );

    public static string Date(TimeProvider clock) =>
        clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The model from the text of /proc/cpuinfo; null where it names none, as on ARM.</summary>
    public static string? Model(IEnumerable<string> lines) =>
        lines
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault(model => model.Length > 0);

    private static string Cpu() =>
        (File.Exists(CpuFile) ? Model(File.ReadLines(CpuFile)) : null)
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static double Memory() => Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9);
}
