namespace EventSettlement.Faults.Reporting;

/// <summary>The folder of one run. Where the run does not come to its end, the bystander deletes it.</summary>
internal static class RunFolder
{
    /// <summary>A file that stands in the folder while the run goes on; the bystander knows it too.</summary>
    private const string Unfinished = "unfinished";

    public static void Begin(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Unfinished), "");
    }

    /// <param name="keep">Logs, journals, plan and dump stay; the servers' data goes in any case.</param>
    public static void End(string folder, bool keep)
    {
        if (!keep)
        {
            Directory.Delete(folder, recursive: true);
            return;
        }

        foreach (var data in new[] { "pgdata", Path.Combine("kafka", "data") })
            if (Directory.Exists(Path.Combine(folder, data)))
                Directory.Delete(Path.Combine(folder, data), recursive: true);
        File.Delete(Path.Combine(folder, Unfinished));
    }
}
