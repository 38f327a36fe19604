using System.Globalization;

namespace EventSettlement.Faults.World.Servers;

/// <summary>The clock of a process, as libfaketime makes it; what measures lengths of time stays true.</summary>
internal static class FakeTime
{
    public static string? Library { get; } = Find();

    public static IEnumerable<KeyValuePair<string, string>> Environment(string folder)
    {
        Set(folder, 0);
        return
        [
            new("LD_PRELOAD", Library!),
            new("FAKETIME_TIMESTAMP_FILE", FileIn(folder)),
            new("FAKETIME_NO_CACHE", "1"),
            new("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            // Its remedy for an old C library ends timed waits at once under a new one.
            new("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
        ];
    }

    /// <param name="seconds">How far ahead of the true time; negative is behind.</param>
    public static void Set(string folder, int seconds)
    {
        var next = FileIn(folder) + ".next";
        File.WriteAllText(next, seconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture) + "\n");
        File.Move(next, FileIn(folder), overwrite: true);
    }

    private static string FileIn(string folder) => Path.Combine(folder, "server-clock");

    private static string? Find()
    {
        const string name = "libfaketimeMT.so.1";
        return Directory.Exists("/usr/lib")
            ? Directory
                .GetDirectories("/usr/lib", "*-linux-gnu")
                .Select(d => Path.Combine(d, "faketime", name))
                .FirstOrDefault(File.Exists)
            : null;
    }
}
